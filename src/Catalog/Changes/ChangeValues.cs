using System.Globalization;
using System.Text.Json;
using Maydon.Catalog.Records;

namespace Maydon.Catalog.Changes;

/// <summary>What <c>catalog.changes</c> has as columns, as fields of the API.</summary>
internal static class ChangeValues
{
    private const string ImagesColumn = "images";

    private static readonly JsonSerializerOptions s_wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly JsonElement s_null = JsonSerializer.SerializeToElement<string?>(null);

    /// <summary>Before and after; of a new record everything that it has came from nothing.</summary>
    public static Dictionary<string, JsonElement[]> Fields(CatalogList list, string fields, string kind, Dictionary<string, JsonElement>? record) => kind == "created"
        ? record!.Where(field => !IsNothing(field.Value)).ToDictionary(field => field.Key, field => (JsonElement[])[s_null, field.Value], StringComparer.Ordinal)
        : JsonSerializer.Deserialize<Dictionary<string, JsonElement[]>>(fields)!.ToDictionary(
            field => list.WireName(field.Key), field => field.Key == ImagesColumn ? [.. field.Value.Select(Images)] : field.Value, StringComparer.Ordinal);

    private static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    public static Dictionary<string, JsonElement>? Record(CatalogList list, string? record) => record is null
        ? null
        : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(record)!.ToDictionary(
            field => list.WireName(field.Key),
            field => field.Key switch
            {
                "created_at" => Utc(field.Value),
                ImagesColumn => Images(field.Value),
                _ => field.Value,
            },
            StringComparer.Ordinal);

    /// <summary>With all their addresses, as the record shows them.</summary>
    private static JsonElement Images(JsonElement kept) => JsonSerializer.SerializeToElement(ImageItem.ReadAll(kept), s_wire);

    /// <summary>As the API writes times: PostgreSQL has its own offset in them.</summary>
    private static JsonElement Utc(JsonElement time) =>
        JsonSerializer.SerializeToElement(DateTimeOffset.Parse(time.GetString()!, CultureInfo.InvariantCulture).UtcDateTime);
}
