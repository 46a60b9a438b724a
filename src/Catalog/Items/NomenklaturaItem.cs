using System.Text.Json.Serialization;
using Maydon.Catalog.Records;

namespace Maydon.Catalog.Items;

/// <summary>An item of the nomenklatura as it is shown.</summary>
public sealed record NomenklaturaItem : CatalogItem
{
    [JsonPropertyName("code_1c"), JsonPropertyOrder(-1)]
    public required string Code1c { get; init; }

    public required string Name { get; init; }

    public required string? Title { get; init; }

    /// <summary>The id of the project it belongs to.</summary>
    public required long? Project { get; init; }

    [JsonPropertyName("project_code_1c")]
    public required string? ProjectCode1c { get; init; }
}
