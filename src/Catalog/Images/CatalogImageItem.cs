using System.Text.Json.Serialization;

namespace Maydon.Catalog.Images;

/// <summary>An image as it is shown, after the record that it is of.</summary>
public abstract record CatalogImageItem
{
    [JsonPropertyOrder(-2)]
    public required long Id { get; init; }

    /// <summary>As it was sent, without its metadata.</summary>
    [JsonPropertyOrder(1)]
    public required string ImageUrl { get; init; }

    /// <summary>To fit into a square of 150 pixels; the original until there is such a variant, like those below.</summary>
    [JsonPropertyOrder(1)]
    public required string ImageThumbnailUrl { get; init; }

    /// <summary>300 pixels.</summary>
    [JsonPropertyOrder(1)]
    public required string ImageSmUrl { get; init; }

    /// <summary>600 pixels.</summary>
    [JsonPropertyOrder(1)]
    public required string ImageMdUrl { get; init; }

    /// <summary>1200 pixels.</summary>
    [JsonPropertyOrder(1)]
    public required string ImageLgUrl { get; init; }

    /// <summary>Of the original as it is looked at, upright.</summary>
    [JsonPropertyOrder(1)]
    public required int Width { get; init; }

    [JsonPropertyOrder(1)]
    public required int Height { get; init; }

    [JsonPropertyOrder(1)]
    public required bool IsMain { get; init; }

    [JsonPropertyOrder(1)]
    public required string? Category { get; init; }

    [JsonPropertyOrder(1)]
    public required string? Note { get; init; }

    [JsonPropertyOrder(1)]
    public required int Position { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Goes up with every change; sent back in <c>If-Match</c> it keeps others' changes from being lost.</summary>
    [JsonPropertyOrder(1)]
    public required long Version { get; init; }
}

/// <summary>What many images at once came to.</summary>
public sealed record BulkUploadAnswer<TItem>(string Message, IReadOnlyList<TItem> Images) where TItem : CatalogImageItem;
