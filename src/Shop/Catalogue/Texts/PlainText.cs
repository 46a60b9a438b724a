using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Maydon.Shop.Catalogue.Texts;

/// <summary>
/// What people write at length is kept as plain text (docs/decisions/0020): markup that came with it is taken out, paragraphs stay as lines, and
/// what is left can begin no tag even where somebody takes it for HTML.
/// </summary>
internal static partial class PlainText
{
    public static string Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "";
        var bare = text.ReplaceLineEndings("\n");
        if (bare.Contains('<', StringComparison.Ordinal))
        {
            var stripped = Tag().Replace(LineBreak().Replace(Hidden().Replace(bare, ""), "\n"), "");
            // Where there were tags, there were entities too; what somebody typed without any stays as it is, however often it is stored.
            bare = stripped.Length == bare.Length ? bare : WebUtility.HtmlDecode(stripped);
            // What one pass has put together, or nobody has closed, is no tag with a blank in it; "a < b" and "<3" stay as they are.
            bare = TagStart().Replace(bare, "< ${first}");
        }

        return TooManyLines().Replace(WithoutControls(bare), "\n\n").Trim();
    }

    private static string WithoutControls(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '\n' or '\t' || !char.IsControl(letter))
                kept.Append(letter);
        }

        return kept.ToString();
    }

    /// <summary>With all that is in it: no reader was ever meant to see it.</summary>
    [GeneratedRegex("<!--.*?-->|<script[ >/].*?</script[^>]*>|<style[ >/].*?</style[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();

    [GeneratedRegex("<br ?/?>|</(p|div|li|ul|ol|h[1-6]|tr|table|blockquote)>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LineBreak();

    [GeneratedRegex("</?[a-z!?][^<>]*>", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex("<(?<first>[a-z/!?])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TagStart();

    [GeneratedRegex("\n[\t ]*(\n[\t ]*)+\n?", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TooManyLines();
}
