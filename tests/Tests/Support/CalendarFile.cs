using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Maydon.Tests.Support;

/// <summary>
/// Reads an iCalendar file of one event and accepts nothing that RFC 5545, and RFC 5546 for its method, do not allow. Only UTC times and
/// the properties that an event's notice needs are known.
/// </summary>
public sealed partial class CalendarFile
{
    private static readonly string[] s_textProperties = ["SUMMARY", "LOCATION", "DESCRIPTION", "UID"];
    private static readonly string[] s_known = ["UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "ORGANIZER", "STATUS"];

    private readonly Dictionary<string, (string Parameters, string Value)> _event = [];

    public string Method { get; private set; } = "";
    public string this[string property] => _event[property].Value;
    public string Parameters(string property) => _event[property].Parameters;
    public bool Has(string property) => _event.ContainsKey(property);
    public DateTimeOffset Time(string property) => ReadTime(this[property]);

    public static CalendarFile Parse(byte[] content)
    {
        var file = new CalendarFile();
        var lines = Unfold(content).Select(ReadLine).ToList();
        Assert.Equal(("BEGIN", "", "VCALENDAR"), lines[0]);
        Assert.Equal(("END", "", "VCALENDAR"), lines[^1]);
        var begin = lines.IndexOf(("BEGIN", "", "VEVENT"));
        Assert.True(begin > 0, "There is no event.");
        Assert.Equal(("END", "", "VEVENT"), lines[^2]);

        var calendar = lines[1..begin].ToDictionary(line => line.Name, line => line.Value);
        Assert.Equal("2.0", calendar["VERSION"]);
        Assert.NotEmpty(calendar["PRODID"]);
        Assert.Equal("GREGORIAN", calendar.GetValueOrDefault("CALSCALE", "GREGORIAN"));
        Assert.Empty(calendar.Keys.Except(["VERSION", "PRODID", "CALSCALE", "METHOD"]));
        file.Method = calendar["METHOD"];
        foreach (var (name, parameters, value) in lines[(begin + 1)..^2])
        {
            Assert.Contains(name, s_known);
            Assert.True(file._event.TryAdd(name, (parameters, s_textProperties.Contains(name) ? Unescape(value) : value)), $"{name} stands twice.");
        }

        file.CheckEvent();
        return file;
    }

    private void CheckEvent()
    {
        foreach (var required in (string[])(Method == "PUBLISH" ? ["UID", "DTSTAMP", "DTSTART", "SUMMARY", "ORGANIZER"] : ["UID", "DTSTAMP", "SEQUENCE", "ORGANIZER"]))
            Assert.True(Has(required), $"{Method} needs {required}.");
        Assert.Equal(Method switch { "PUBLISH" => "CONFIRMED", "CANCEL" => "CANCELLED", _ => throw new InvalidOperationException($"METHOD:{Method}") }, this["STATUS"]);
        Assert.True(!Has("DTEND") || Time("DTEND") > Time("DTSTART"), "The end must lie after the start.");
        _ = Time("DTSTAMP");
        Assert.True(int.Parse(this["SEQUENCE"], NumberStyles.None) >= 0);
        Assert.Matches(@"^mailto:[^\s@]+@[^\s@]+$", this["ORGANIZER"]);
        Assert.Matches("^(;CN=(\"[^\"]*\"|[^\";:,]*))?$", Parameters("ORGANIZER"));
        Assert.True(!Has("URL") || Uri.TryCreate(this["URL"], UriKind.Absolute, out _));
    }

    /// <summary>CRLF ends every line, none is longer than 75 octets, and a fold splits no character.</summary>
    private static string[] Unfold(byte[] content)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var text = strict.GetString(content);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("[^\r]\n|\r[^\n]", text);
        var start = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] != '\n')
                continue;
            var line = content[start..(i - 1)];
            Assert.InRange(line.Length, 1, 75);
            _ = strict.GetString(line);
            start = i + 1;
        }

        return text[..^2].Replace("\r\n ", "", StringComparison.Ordinal).Replace("\r\n\t", "", StringComparison.Ordinal).Split("\r\n");
    }

    private static (string Name, string Parameters, string Value) ReadLine(string line)
    {
        var match = ContentLine().Match(line);
        Assert.True(match.Success, $"Not a content line: {line}");
        return (match.Groups["name"].Value, match.Groups["parameters"].Value, match.Groups["value"].Value);
    }

    private static string Unescape(string value)
    {
        Assert.DoesNotMatch(@"(?<!\\)(\\\\)*\\([^\\;,nN]|$)", value);
        Assert.DoesNotMatch(@"(?<!\\)(\\\\)*[;,]", value);
        return Escapes().Replace(value, escape => escape.Value[1] is 'n' or 'N' ? "\n" : escape.Value[1..]);
    }

    private static DateTimeOffset ReadTime(string value) => DateTimeOffset.ParseExact(value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [GeneratedRegex(@"^(?<name>[A-Z-]+)(?<parameters>(;[A-Z-]+=(""[^""\p{Cc}]*""|[^"";:,\p{Cc}]*))*):(?<value>[^\x00-\x08\x0A-\x1F\x7F]*)$")]
    private static partial Regex ContentLine();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escapes();
}
