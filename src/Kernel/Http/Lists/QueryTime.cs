using System.Globalization;

namespace Maydon.Kernel.Http;

/// <summary>
/// A point in time in a query string: a date or ISO 8601, UTC unless it says otherwise. A plus sign that was not encoded arrives as a
/// blank and is read as what was meant.
/// </summary>
public readonly record struct QueryTime(DateTimeOffset Value)
{
    private static readonly string[] s_formats =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"];

    public static bool TryParse(string? text, IFormatProvider? provider, out QueryTime time)
    {
        text ??= "";
        var blank = text.LastIndexOf(' ');
        if (blank > "yyyy-MM-ddT".Length)
            text = $"{text[..blank]}+{text[(blank + 1)..]}";
        var read = DateTimeOffset.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value);
        time = new QueryTime(value);
        return read;
    }
}
