using System.Text.Json.Serialization;
using Maydon.Catalog.Records;

namespace Maydon.Catalog.Clients;

/// <summary>A client as it is shown.</summary>
public sealed record ClientItem : CatalogItem
{
    [JsonPropertyName("client_code_1c"), JsonPropertyOrder(-1)]
    public required string ClientCode1c { get; init; }

    public required string Name { get; init; }

    public required string? Email { get; init; }

    public required string? Phone { get; init; }
}
