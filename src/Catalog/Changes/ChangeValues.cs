using System.Globalization;
using System.Text.Json;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Npgsql;

namespace Maydon.Catalog.Changes;

/// <summary>What <c>catalog.changes</c> has as columns, as fields of the API.</summary>
internal static class ChangeValues
{
    /// <summary>Of changes <c>c</c>, as <see cref="Read"/> takes them.</summary>
    public const string Columns = "c.fields::text, c.record::text, catalog.project_codes(c.fields, c.record)::text";

    private const string ImagesColumn = "images";
    private const string ProjectField = "project";

    private static readonly JsonSerializerOptions s_wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly JsonElement s_null = JsonSerializer.SerializeToElement<string?>(null);

    /// <summary>What changed, and the whole record where it came or came back.</summary>
    /// <param name="at">Where the <see cref="Columns"/> begin.</param>
    public static (Dictionary<string, JsonElement[]> Fields, Dictionary<string, JsonElement>? Record) Read(CatalogList list, string kind, NpgsqlDataReader reader, int at)
    {
        var record = reader.IsDBNull(at + 1) ? null : Record(list, reader.GetString(at + 1));
        var fields = Fields(list, reader.GetString(at), kind, record);
        var codes = reader.IsDBNull(at + 2) ? [] : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(reader.GetString(at + 2))!;
        if (record?.TryGetValue(ProjectField, out var project) is true)
            record.Add(SheetColumn.ProjectField, Code(project));
        if (fields.TryGetValue(ProjectField, out var values))
            fields.Add(SheetColumn.ProjectField, [.. values.Select(Code)]);
        return (fields, record);

        JsonElement Code(JsonElement id) => id.ValueKind == JsonValueKind.Null ? s_null : codes[id.GetRawText()];
    }

    /// <summary>Before and after; of a new record everything that it has came from nothing.</summary>
    private static Dictionary<string, JsonElement[]> Fields(CatalogList list, string fields, string kind, Dictionary<string, JsonElement>? record) => kind == "created"
        ? record!.Where(field => !IsNothing(field.Value)).ToDictionary(field => field.Key, field => (JsonElement[])[s_null, field.Value], StringComparer.Ordinal)
        : JsonSerializer.Deserialize<Dictionary<string, JsonElement[]>>(fields)!.ToDictionary(
            field => list.WireName(field.Key), field => field.Key == ImagesColumn ? [.. field.Value.Select(Images)] : field.Value, StringComparer.Ordinal);

    private static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    private static Dictionary<string, JsonElement> Record(CatalogList list, string record) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(record)!.ToDictionary(
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
