using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace Maydon.Catalog.Items;

/// <summary>What somebody calls a project by: in JSON a string is its code, also one of digits alone, and a number is its id.</summary>
[JsonConverter(typeof(ProjectKeyConverter))]
public sealed record ProjectKey
{
    private ProjectKey(string? code, long id) => (Code, Id) = (code, id);

    internal string? Code { get; }

    internal long Id { get; }

    internal static ProjectKey OfText(string text) => new(text.Trim(), id: 0);

    internal static ProjectKey OfId(long id) => new(code: null, id);

    // By this, the API's document knows that it is written as text.
    public static bool TryParse(string? text, IFormatProvider? provider, out ProjectKey? key)
    {
        key = text is null ? null : OfText(text);
        return key is not null;
    }

    /// <summary>Null when there is none but a deleted one.</summary>
    internal async Task<long?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id from catalog.projects where (code = $1 or id = $2) and not is_deleted order by code = $1 desc limit 1", connection);
        command.Parameters.Add(new() { Value = Code ?? "" });
        command.Parameters.Add(new() { Value = Id });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}

internal sealed class ProjectKeyConverter : JsonConverter<ProjectKey>
{
    public override ProjectKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => ProjectKey.OfText(JsonSerializer.Deserialize<string>(ref reader, options)!),
        JsonTokenType.Number when reader.TryGetInt64(out var id) => ProjectKey.OfId(id),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, ProjectKey value, JsonSerializerOptions options) => throw new NotSupportedException("It is only ever read.");
}
