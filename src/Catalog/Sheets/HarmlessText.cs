using System.Buffers;
using System.Globalization;
using System.Text;

namespace Maydon.Catalog.Sheets;

/// <summary>
/// Text of a CSV file that no spreadsheet takes for a formula: an apostrophe before it makes it text, at the beginning of a cell and wherever one
/// would begin for a program that splits at another separator. Unlike elsewhere it can be taken back: what was exported is imported as it was.
/// </summary>
internal static class HarmlessText
{
    private const char Mark = '\'';
    private static readonly SearchValues<char> s_signs = SearchValues.Create("=+@-＝＋－＠");

    public static string Of(string text)
    {
        if (FindFormulas(text) is not { } beginnings)
            return text;
        var safe = new StringBuilder(text.Length + 4);
        for (var i = 0; i < text.Length; i++)
        {
            if (beginnings[i])
                safe.Append(Mark);
            safe.Append(text[i]);
        }

        return safe.ToString();
    }

    /// <summary>Takes one apostrophe from wherever <see cref="Of"/> put one, as spreadsheets take one that is typed before a formula.</summary>
    public static string Undo(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal) || FindFormulas(text) is not { } beginnings)
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!beginnings[i] || text[i] != Mark)
                plain.Append(text[i]);
        }

        return plain.ToString();
    }

    /// <summary>Where a cell could begin, and nothing but apostrophes, quotes, blanks and unseen characters would come before a sign that begins a formula. Null: nowhere.</summary>
    private static bool[]? FindFormulas(string text)
    {
        if (!text.AsSpan().ContainsAny(s_signs))
            return null;
        bool[]? found = null;
        // From the end, so that each character is looked at once.
        var leads = false;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            leads = s_signs.Contains(text[i]) || (leads && IsPassedOver(text[i]));
            if (leads && (i == 0 || IsSeparator(text[i - 1])))
                (found ??= new bool[text.Length])[i] = true;
        }

        return found;
    }

    private static bool IsSeparator(char letter) => letter is ',' or ';' or '|' or '\t' or '\r' or '\n';

    private static bool IsPassedOver(char letter) => letter is Mark or '"' || char.IsWhiteSpace(letter) || char.GetUnicodeCategory(letter) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
