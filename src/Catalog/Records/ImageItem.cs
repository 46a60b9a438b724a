using System.Text.Json;
using Maydon.Catalog.Images.Files;

namespace Maydon.Catalog.Records;

/// <summary>A picture of a record as the record shows it.</summary>
public sealed record ImageItem(
    long Id, string ImageUrl, string ImageThumbnailUrl, string ImageSmUrl, string ImageMdUrl, string ImageLgUrl, int Width, int Height, bool IsMain, string? Category, string? Note, int Position)
{
    /// <summary>As <c>catalog.images_of</c> keeps them.</summary>
    internal static IReadOnlyList<ImageItem> ReadAll(string kept)
    {
        if (kept == "[]")
            return [];
        using var images = JsonDocument.Parse(kept);
        return ReadAll(images.RootElement);
    }

    internal static IReadOnlyList<ImageItem> ReadAll(JsonElement kept) => [.. kept.EnumerateArray().Select(Read)];

    private static ImageItem Read(JsonElement image)
    {
        var url = image.GetProperty("image_url").GetString()!;
        return new ImageItem(
            image.GetProperty("id").GetInt64(), url, ImageFiles.VariantOf(url, 150), ImageFiles.VariantOf(url, 300), ImageFiles.VariantOf(url, 600), ImageFiles.VariantOf(url, 1200),
            image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(), image.GetProperty("is_main").GetBoolean(),
            image.GetProperty("category").GetString(), image.GetProperty("note").GetString(), image.GetProperty("position").GetInt32());
    }
}
