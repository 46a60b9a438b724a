using System.ComponentModel;
using Maydon.Kernel.Http;

namespace Maydon.Catalog.Images;

/// <summary>What somebody says of an image beside the file.</summary>
internal class ImageFields : SentFields
{
    [Description("At most one image of a record is the main one: true takes it from another.")]
    public bool? IsMain { get; set => field = Sent(value); }

    [MaxLine(100)]
    public string? Category { get; set => field = Sent(value); }

    [MaxText(1000)]
    public string? Note { get; set => field = Sent(value); }

    [Within(0, CatalogImage.LastPosition), Description("Images are shown in its order; the last unless told.")]
    public int? Position { get; set => field = Sent(value); }
}

/// <summary>The form that replaces an image.</summary>
internal class ImageForm : ImageFields
{
    [Description("JPEG, PNG, WebP or GIF by its content, at most 10 MB and 40 megapixels.")]
    public required Stream Image { get; set; }
}

/// <summary>The form of a change: any part of it.</summary>
internal sealed class ImageChangeForm : ImageFields
{
    [Description("As in a creation; the old one stays unless another is sent.")]
    public Stream? Image { get; set; }
}
