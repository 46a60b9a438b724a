using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maydon.Kernel.Http.Json;

/// <summary>
/// Points in time: written as UTC with <c>Z</c>; read from ISO 8601, with <c>Z</c>, an offset or neither (then UTC), and kept as UTC in
/// the microseconds that PostgreSQL stores.
/// </summary>
internal sealed class TimestampConverter : JsonConverter<DateTimeOffset>
{
    // Room to add a reminder's hour or a year's page of a calendar on either side without leaving what .NET can count.
    private const int FirstYear = 2;
    private const int LastYear = 9998;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new FieldException("invalid_timestamp");
        DateTimeOffset value;
        if (reader.TryGetDateTime(out var local) && local.Kind == DateTimeKind.Unspecified)
            value = new DateTimeOffset(local, TimeSpan.Zero);
        else if (!reader.TryGetDateTimeOffset(out value))
            throw new FieldException("invalid_timestamp");
        // As it will be written: an offset can carry it over a year's end.
        value = value.ToUniversalTime();
        return value.Year is < FirstYear or > LastYear ? throw new FieldException("invalid_timestamp") : Cut(value);
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Cut(value).UtcDateTime);

    private static DateTimeOffset Cut(DateTimeOffset value) => value.AddTicks(-(value.Ticks % TimeSpan.TicksPerMicrosecond));
}
