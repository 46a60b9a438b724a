using Maydon.Catalog.Importing.Files;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>
/// The cells of a row as they stood in the file, for whoever mends it: so that what is stored of bad rows stays in proportion, only the first that together have
/// up to <see cref="Longest"/> characters.
/// </summary>
internal sealed record KeptCells(IReadOnlyList<string> Texts, bool IsCut)
{
    public const int Longest = 10_000;

    /// <param name="cells">Of the row.</param>
    /// <param name="width">How many headings there are.</param>
    /// <param name="isEven">Whether what is empty at the end was written too.</param>
    public static KeptCells Of(List<SheetCell> cells, int width, bool isEven)
    {
        var texts = new List<string>(Math.Max(cells.Count, width));
        var left = Longest;
        foreach (var cell in cells)
        {
            left -= cell.Text.Length;
            // Shorter than the headings: imported as it is, it is refused again, and overwrites nothing with the half of a row.
            if (left < 0)
                return new KeptCells(texts[..Math.Min(texts.Count, width - 1)], IsCut: true);
            texts.Add(cell.Text);
        }

        while (!isEven && texts.Count < width)
            texts.Add("");
        return new KeptCells(texts, IsCut: false);
    }
}
