using System.Globalization;
using Maydon.Catalog.Images.Formats;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Forms;

namespace Maydon.Catalog.Images.Uploading;

/// <summary>An image that was found to be sound, on the disk and not yet anybody's.</summary>
internal sealed record ReceivedImage(string Ending, int Width, int Height, long Bytes, byte[] Sha256, string File)
{
    public static ReceivedImage Of(SoundImage image, string file) => new(image.Ending, image.Width, image.Height, image.Bytes, image.Hash(), file);
}

/// <summary>What somebody sent. Images that nobody has taken by its end are gone with it.</summary>
internal sealed class ReceivedForm : IDisposable
{
    public Dictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public List<ReceivedImage> Images { get; } = [];

    /// <summary>The fields beside the image, as JSON would have them.</summary>
    public ImageFields Read(ValidationErrors errors)
    {
        var fields = new ImageFields();
        if (Fields.TryGetValue("category", out var category))
            fields.Category = category;
        if (Fields.TryGetValue("note", out var note))
            fields.Note = note;
        if (Fields.TryGetValue("is_main", out var isMain))
        {
            fields.IsMain = IncomingForm.ReadFlag(isMain);
            if (fields.IsMain is null)
                errors.Add("is_main", "invalid");
        }

        if (Fields.TryGetValue("position", out var position) && position.Trim().Length > 0)
        {
            if (int.TryParse(position.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                fields.Position = number;
            else
                errors.Add("position", "invalid");
        }

        foreach (var (field, messages) in FieldRules.Check(fields))
            messages.ForEach(message => errors.AddText(field, message));
        return fields;
    }

    public void Dispose()
    {
        foreach (var image in Images.Where(image => File.Exists(image.File)))
            File.Delete(image.File);
    }
}
