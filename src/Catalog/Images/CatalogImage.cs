using Maydon.Catalog.Images.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Images;

/// <summary>A picture of a record. What the record's answer shows of it stands at the record too, see <c>catalog.images_of</c>.</summary>
internal sealed class CatalogImage
{
    public const int LastPosition = 1_000_000;

    public long Id { get; private set; }

    /// <summary>Of the record, as in addresses.</summary>
    public required string List { get; init; }
    public required long RecordId { get; init; }
    public long FileId { get; private set; }

    /// <summary>Of a record at most one.</summary>
    public bool IsMain { get; private set; }
    public string? Category { get; private set; }
    public string? Note { get; private set; }
    public int Position { get; private set; }
    public long Version { get; private set; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; private set; }

    public static CatalogImage Of(string list, long recordId, StoredFile file, int position, DateTimeOffset now) =>
        new() { List = list, RecordId = recordId, FileId = file.Id, Position = position, CreatedAt = now, UpdatedAt = now };

    public void Show(StoredFile file) => FileId = file.Id;

    /// <param name="sent">Checked.</param>
    /// <param name="replace">What is left out is emptied, not kept; the position stays.</param>
    public void Write(ImageFields sent, bool replace)
    {
        if (replace || sent.IsSent(nameof(sent.IsMain)))
            IsMain = sent.IsMain ?? false;
        if (replace || sent.IsSent(nameof(sent.Category)))
            Category = Text(sent.Category);
        if (replace || sent.IsSent(nameof(sent.Note)))
            Note = Text(sent.Note);
        Position = sent.Position ?? Position;
    }

    public void Touch(DateTimeOffset now) => (Version, UpdatedAt) = (Version + 1, now > UpdatedAt ? now : UpdatedAt);

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

internal sealed class CatalogImageMapping : IEntityTypeConfiguration<CatalogImage>
{
    public void Configure(EntityTypeBuilder<CatalogImage> builder)
    {
        builder.ToTable("images").HasKey(image => image.Id);
        builder.Property(image => image.Id).UseIdentityAlwaysColumn();
    }
}
