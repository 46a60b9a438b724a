using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maydon.Kernel.Http.Json;

/// <summary>
/// Amounts of money: written as a string with two decimals, for what reads JSON numbers as binary fractions would lose tiyin; read from such a
/// string or from a number, with at most two decimals and ten digits before them, as the columns have.
/// </summary>
internal sealed class MoneyConverter : JsonConverter<decimal>
{
    /// <summary>Of every string this writes, and of those it reads.</summary>
    public const string Pattern = @"^-?\d+(\.\d{1,2})?$";

    private const decimal TooMuch = 10_000_000_000m;
    private const int Decimals = 2;
    private const int LongestText = 32;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var isRead = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDecimal(out var number) ? (decimal?)number : null,
            JsonTokenType.String => Parse(ref reader),
            _ => null,
        };
        return isRead is { } value && Math.Abs(value) < TooMuch && decimal.Round(value, Decimals) == value ? value : throw new FieldException("invalid_amount");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString("0.00", CultureInfo.InvariantCulture));

    private static decimal? Parse(ref Utf8JsonReader reader)
    {
        // Longer ones are no amounts, and an escape is nothing an amount needs.
        if (reader.HasValueSequence || reader.ValueSpan.Length > LongestText || reader.ValueIsEscaped)
            return null;
        return decimal.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
