using System.Globalization;
using Maydon.Shop.Orders.Receipts.Pdf;

namespace Maydon.Shop.Orders.Receipts;

/// <summary>Breaks text into lines that are not wider than their column.</summary>
internal static class WrappedText
{
    /// <summary>At blanks and line breaks; inside a word only when it is wider than the column by itself.</summary>
    public static List<string> Wrap(PdfFont font, double size, string text, double width)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).SelectMany(word => Cut(font, size, word, width)))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && font.Measure(longer, size) > width)
                {
                    lines.Add(line);
                    longer = word;
                }

                line = longer;
            }

            lines.Add(line);
        }

        return lines;
    }

    private static IEnumerable<string> Cut(PdfFont font, double size, string word, double width)
    {
        var start = 0;
        var end = 0;
        // By what people take for one letter: a letter and its accents stay together.
        foreach (var letter in StringInfo.ParseCombiningCharacters(word).Append(word.Length).Skip(1))
        {
            if (end > start && font.Measure(word[start..letter], size) > width)
            {
                yield return word[start..end];
                start = end;
            }

            end = letter;
        }

        if (end > start)
            yield return word[start..end];
    }
}
