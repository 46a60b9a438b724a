using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Maydon.Catalog.Texts;

/// <summary>
/// HTML as it may be shown anywhere: written anew from what was understood, so that nothing else can be in it. Formatting stays, without attributes but
/// the addresses of links and the spans of cells; other tags go and what is in them stays, but for what was never meant to be read. All that was
/// opened is closed. What never becomes a tag, such as <c>d&lt;b</c>, is text.
/// </summary>
internal static partial class SafeHtml
{
    /// <summary>Deeper ones are left out: no reader needs them, and some programs fall over them.</summary>
    private const int Deepest = 50;

    private static readonly FrozenSet<string> s_allowed = FrozenSet.Create(
        "a", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p",
        "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul");

    private static readonly FrozenSet<string> s_empty = FrozenSet.Create("br", "hr");

    /// <summary>Gone with all that is in them.</summary>
    private static readonly FrozenSet<string> s_hidden = FrozenSet.Create(
        "applet", "embed", "frameset", "head", "iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg", "template", "textarea", "title", "xmp");

    private static readonly FrozenSet<string> s_schemes = FrozenSet.Create("http", "https", "mailto", "tel");

    /// <summary>Null when nothing is left.</summary>
    public static string? Of(string? html)
    {
        if (string.IsNullOrWhiteSpace(html))
            return null;
        var safe = html.AsSpan().ContainsAny('<', '>', '&') ? new Writer(html).Write() : WithoutControls(html);
        return string.IsNullOrWhiteSpace(safe) ? null : safe.Trim();
    }

    private static string WithoutControls(ReadOnlySpan<char> text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '\n' or '\t' || !char.IsControl(letter))
                kept.Append(letter);
        }

        return kept.ToString();
    }

    private sealed class Writer(string html)
    {
        private readonly StringBuilder _safe = new(html.Length + 16);
        private readonly Stack<string> _open = new();

        // For signs that look like the beginning of a tag and are none: text that is full of them must not be read to its end for each.
        private long _patience = 20L * html.Length;

        private readonly int _lastEnd = html.LastIndexOf('>');
        private readonly int _lastCommentEnd = html.LastIndexOf("-->", StringComparison.Ordinal);

        public string Write()
        {
            var at = 0;
            while (at < html.Length)
            {
                var next = html.IndexOf('<', at);
                WriteText(html.AsSpan(at, (next < 0 ? html.Length : next) - at));
                if (next < 0)
                    break;
                at = ReadMarkup(next);
            }

            while (_open.TryPop(out var name))
                _safe.Append("</").Append(name).Append('>');
            return _safe.ToString();
        }

        /// <summary>From a <c>&lt;</c> on; where it ends.</summary>
        private int ReadMarkup(int at)
        {
            if (html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal))
                return at + 4 <= _lastCommentEnd ? After("-->", at + 4) : ReadSign(at);
            if (at + 1 < html.Length && html[at + 1] is '!' or '?')
                return at + 2 <= _lastEnd ? After(">", at + 2) : ReadSign(at);
            var start = at + (at + 1 < html.Length && html[at + 1] == '/' ? 2 : 1);
            var nameEnd = start;
            while (nameEnd < html.Length && char.IsAsciiLetterOrDigit(html[nameEnd]))
                nameEnd++;
            if (nameEnd == start || !char.IsAsciiLetter(html[start]))
                return ReadSign(at);
            var name = html[start..nameEnd].ToLowerInvariant();
            if (FindEnd(nameEnd) is not { } end)
                return ReadSign(at);
            if (html[start - 1] == '/')
                Close(name);
            else if (s_hidden.Contains(name))
                return AfterHidden(name, end + 1);
            else if (s_allowed.Contains(name))
                Open(name, html[nameEnd..end]);
            return end + 1;
        }

        private int ReadSign(int at)
        {
            _safe.Append("&lt;");
            return at + 1;
        }

        /// <summary>The <c>&gt;</c> of a tag, which may stand in the quotes of a value too. Null when another begins before it, or too many were none.</summary>
        private int? FindEnd(int from)
        {
            var (at, begun) = (from, '\0');
            for (; _patience > 0 && at < html.Length && html[at] != '<'; at++)
            {
                if (html[at] == '>')
                    return at;
                // One that is never closed is a sign like any other, as in it's.
                if (begun == '=' && html[at] is '"' or '\'' && html.IndexOf(html[at], at + 1) is >= 0 and var close)
                    at = close;
                if (!char.IsWhiteSpace(html[at]))
                    begun = html[at];
            }

            _patience -= at - from;
            return null;
        }

        private void Open(string name, string attributes)
        {
            if (_open.Count >= Deepest)
                return;
            _safe.Append('<').Append(name);
            foreach (Match attribute in Attribute().Matches(attributes))
                WriteAttribute(name, attribute.Groups["name"].Value.ToLowerInvariant(), WebUtility.HtmlDecode(attribute.Groups["value"].Value));
            _safe.Append('>');
            if (!s_empty.Contains(name))
                _open.Push(name);
        }

        private void WriteAttribute(string tag, string name, string value)
        {
            if (tag == "a" && name == "href" && Address(value) is { } address)
                _safe.Append(CultureInfo.InvariantCulture, $" href=\"{Escaped(address)}\" rel=\"noopener nofollow\"");
            else if (tag is "td" or "th" && name is "colspan" or "rowspan" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var span) && span is > 0 and <= 100)
                _safe.Append(CultureInfo.InvariantCulture, $" {name}=\"{span}\"");
        }

        private void Close(string name)
        {
            if (!_open.Contains(name))
                return;
            string closed;
            do
            {
                closed = _open.Pop();
                _safe.Append("</").Append(closed).Append('>');
            }
            while (closed != name);
        }

        /// <summary>Entities stay, every other sign that could begin something is written as one.</summary>
        private void WriteText(ReadOnlySpan<char> text)
        {
            var at = 0;
            foreach (var entity in Entity().EnumerateMatches(text))
            {
                Escape(text[at..entity.Index]);
                _safe.Append(text.Slice(entity.Index, entity.Length));
                at = entity.Index + entity.Length;
            }

            Escape(text[at..]);
        }

        private void Escape(ReadOnlySpan<char> text) =>
            _safe.Append(WithoutControls(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal));

        private int After(string end, int from) => html.IndexOf(end, Math.Min(from, html.Length), StringComparison.Ordinal) is >= 0 and var at ? at + end.Length : html.Length;

        private int AfterHidden(string name, int from)
        {
            while (html.IndexOf("</" + name, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                from = at + 2 + name.Length;
                if (from < html.Length && !char.IsAsciiLetterOrDigit(html[from]))
                    return After(">", from);
            }

            return html.Length;
        }

        /// <summary>Only what could end it or begin something: every letter as a number would be six.</summary>
        private static string Escaped(string address) => address
            .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal);

        private static string? Address(string value)
        {
            // As browsers read it: line breaks within do not count, blanks do.
            var bare = string.Concat(value.Trim().Where(letter => !char.IsControl(letter)).Select(letter => char.IsWhiteSpace(letter) ? Uri.EscapeDataString($"{letter}") : $"{letter}"));
            return Uri.TryCreate(bare, UriKind.Absolute, out var address) && s_schemes.Contains(address.Scheme) ? bare : null;
        }
    }

    // A name begins where none is: else a long one would be tried from each of its letters.
    [GeneratedRegex("""(?<![^\s"'=/>])(?<name>[^\s"'=/>]+)\s*=\s*("(?<value>[^"]*)"|'(?<value>[^']*)'|(?<value>[^\s>"']+))""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Attribute();

    [GeneratedRegex("&([a-z][a-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Entity();
}
