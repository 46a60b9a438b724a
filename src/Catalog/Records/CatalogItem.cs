using System.Text.Json.Serialization;

namespace Maydon.Catalog.Records;

/// <summary>A record as it is shown, after what its list has of its own.</summary>
public abstract record CatalogItem
{
    [JsonPropertyOrder(-2)]
    public required long Id { get; init; }

    [JsonPropertyOrder(1)]
    public required string? Description { get; init; }

    [JsonPropertyOrder(1)]
    public required bool IsActive { get; init; }

    [JsonPropertyOrder(1)]
    public required bool IsDeleted { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Goes up with every change; sent back in <c>If-Match</c> it keeps others' changes from being lost.</summary>
    [JsonPropertyOrder(1)]
    public required long Version { get; init; }

    /// <summary>Of what is not deleted, by position; of the images of a whole page at once, see <c>RecordReads</c>.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<ImageItem> Images { get; internal set; } = [];
}
