using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maydon.Kernel.Http.Json;

/// <summary>Text that PostgreSQL can store: no NUL and no half of a surrogate pair.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text;
        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException) when (reader.TokenType == JsonTokenType.String)
        {
            // Invalid UTF-8, or half of a surrogate pair in an escape.
            throw new FieldException("invalid_characters");
        }

        return text is not null && text.Contains('\0', StringComparison.Ordinal) ? throw new FieldException("invalid_characters") : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
