using System.Text.Json.Serialization;
using Maydon.Catalog.Records;

namespace Maydon.Catalog.Projects;

/// <summary>A project as it is shown.</summary>
public sealed record ProjectItem : CatalogItem
{
    [JsonPropertyName("code_1c"), JsonPropertyOrder(-1)]
    public required string Code1c { get; init; }

    public required string Name { get; init; }

    public required string? Title { get; init; }
}
