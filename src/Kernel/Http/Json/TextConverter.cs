using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maydon.Kernel.Http.Json;

/// <summary>Text that PostgreSQL can store: no NUL and no half of a surrogate pair.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadSound(ref reader);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadSound(ref reader)!;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string? ReadSound(ref Utf8JsonReader reader)
    {
        string? text;
        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException) when (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            // Invalid UTF-8, or half of a surrogate pair in an escape.
            throw new FieldException("invalid_characters");
        }

        return text is not null && text.Contains('\0', StringComparison.Ordinal) ? throw new FieldException("invalid_characters") : text;
    }
}
