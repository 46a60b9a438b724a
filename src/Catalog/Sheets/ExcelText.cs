using System.Globalization;
using System.Text;
using System.Xml;

namespace Maydon.Catalog.Sheets;

/// <summary>How Excel writes what XML has no sign for (ECMA-376, 22.9.2.19): <c>_x000D_</c>. Text that looks like that is written <c>_x005F_x000D_</c>.</summary>
internal static class ExcelText
{
    private const int Length = 7;

    public static string Escape(string text)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < text.Length; i++)
        {
            var pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (!pair && (text[i] == '\r' || !XmlConvert.IsXmlChar(text[i]) || IsEscape(text, i)))
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + Length);
                escaped.Append(CultureInfo.InvariantCulture, $"_x{(int)text[i]:X4}_");
                continue;
            }

            escaped?.Append(text[i]);
            if (!pair)
                continue;
            i++;
            escaped?.Append(text[i]);
        }

        return escaped?.ToString() ?? text;
    }

    /// <summary>What would be no character that can be stored stays as it is written.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains("_x", StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsEscape(text, i) && (char)ushort.Parse(text.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var letter && letter != '\0' && !char.IsSurrogate(letter))
            {
                plain.Append(letter);
                i += Length - 1;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsEscape(string text, int at) =>
        at + Length <= text.Length && text[at] == '_' && text[at + 1] == 'x' && text[at + 6] == '_'
        && char.IsAsciiHexDigit(text[at + 2]) && char.IsAsciiHexDigit(text[at + 3]) && char.IsAsciiHexDigit(text[at + 4]) && char.IsAsciiHexDigit(text[at + 5]);
}
