using System.Text;

namespace Maydon.Events.Mails;

/// <summary>One event as an iCalendar file (RFC 5545, with the methods of RFC 5546).</summary>
internal sealed record CalendarEntry
{
    private const int LongestLine = 75;

    /// <summary>The same for every notice about the event.</summary>
    public required string Uid { get; init; }

    /// <summary>Of two notices the higher one counts.</summary>
    public required int Sequence { get; init; }
    public required DateTimeOffset Stamp { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public required string Summary { get; init; }
    public string? Location { get; init; }
    public Uri? Link { get; init; }
    public string? Description { get; init; }
    public required string OrganiserName { get; init; }
    public required string OrganiserEmail { get; init; }
    public bool IsCancelled { get; init; }

    /// <summary>PUBLISH, not REQUEST: whoever reads it has registered already and need not answer.</summary>
    public string Method => IsCancelled ? "CANCEL" : "PUBLISH";

    public byte[] ToBytes()
    {
        var file = new StringBuilder();
        void Add(string line) => file.Append(Fold(line)).Append("\r\n");

        Add("BEGIN:VCALENDAR");
        Add("VERSION:2.0");
        Add("PRODID:-//Maydon//Events//EN");
        Add("CALSCALE:GREGORIAN");
        Add($"METHOD:{Method}");
        Add("BEGIN:VEVENT");
        Add($"UID:{Escape(Uid)}");
        Add($"SEQUENCE:{Sequence}");
        Add($"DTSTAMP:{Utc(Stamp)}");
        Add($"DTSTART:{Utc(StartsAt)}");
        // An end must lie after the start, seconds being the finest a calendar knows; an event without length has none.
        if (Utc(EndsAt) != Utc(StartsAt))
            Add($"DTEND:{Utc(EndsAt)}");
        Add($"SUMMARY:{Escape(Summary)}");
        if (Location is not null)
            Add($"LOCATION:{Escape(Location)}");
        if (Description is not null)
            Add($"DESCRIPTION:{Escape(Description)}");
        if (Link is not null)
            Add($"URL:{Link.AbsoluteUri}");
        Add($"ORGANIZER;CN=\"{ParameterText(OrganiserName)}\":mailto:{Uri.EscapeDataString(OrganiserEmail).Replace("%40", "@", StringComparison.Ordinal)}");
        Add($"STATUS:{(IsCancelled ? "CANCELLED" : "CONFIRMED")}");
        Add("END:VEVENT");
        Add("END:VCALENDAR");
        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private static string Utc(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text.ReplaceLineEndings("\n"))
        {
            if (letter == '\n')
                escaped.Append("\\n");
            else if (letter is '\\' or ';' or ',')
                escaped.Append('\\').Append(letter);
            else if (!char.IsControl(letter) || letter == '\t')
                escaped.Append(letter);
        }

        return escaped.ToString();
    }

    /// <summary>Inside quotes everything may stand but a quote and control characters.</summary>
    private static string ParameterText(string text) => string.Concat(text.Where(letter => letter != '"' && !char.IsControl(letter)));

    /// <summary>Lines of at most 75 octets, continued by a blank, and never inside a character.</summary>
    private static string Fold(string line)
    {
        var folded = new StringBuilder();
        var octets = 0;
        foreach (var letter in line.EnumerateRunes())
        {
            if (octets + letter.Utf8SequenceLength > LongestLine)
            {
                folded.Append("\r\n ");
                octets = 1;
            }

            folded.Append(letter.ToString());
            octets += letter.Utf8SequenceLength;
        }

        return folded.ToString();
    }
}
