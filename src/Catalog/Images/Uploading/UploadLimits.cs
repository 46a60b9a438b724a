namespace Maydon.Catalog.Images.Uploading;

/// <summary>How much somebody may send at once.</summary>
internal static class UploadLimits
{
    public const long FileBytes = 10 << 20;
    public const int FilesAtOnce = 20;
    public const int ImagesOfRecord = 100;

    /// <summary>The fields and what parts them.</summary>
    private const long FormBytes = 64 << 10;

    public const long OneFile = FileBytes + FormBytes;
    public const long ManyFiles = (5 * FileBytes) + FormBytes;

    public const int Fields = 20;
    public const int FieldBytes = 8 << 10;
}
