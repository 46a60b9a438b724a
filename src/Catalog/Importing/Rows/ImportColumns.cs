using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>What the columns of one file are, by their headings, in whatever order. Those that nobody knows are passed over.</summary>
internal sealed class ImportColumns
{
    private ImportColumns(IReadOnlyList<string> headings, List<(SheetColumn Column, int Place)> known)
    {
        (Headings, Known) = (headings, known);
        Code = known.First(one => one.Column.Kind == ColumnKind.Code);
        Values = [.. known.Where(one => one.Column.Kind != ColumnKind.Code).Select(one => one.Column)];
    }

    /// <summary>All of them, as they stand in the file.</summary>
    public IReadOnlyList<string> Headings { get; }

    /// <summary>Those that are fields, with their places in the file.</summary>
    public IReadOnlyList<(SheetColumn Column, int Place)> Known { get; }

    /// <summary>Headings that are nobody's: a slip of the hand, perhaps.</summary>
    public IReadOnlyList<string> Unknown => [.. Headings.Where((heading, place) => heading.Length > 0 && !Known.Any(one => one.Place == place))];

    public (SheetColumn Column, int Place) Code { get; }

    /// <summary>The fields beside the code: what a row may change.</summary>
    public IReadOnlyList<SheetColumn> Values { get; }

    public bool Have(ColumnKind kind) => Values.Any(column => column.Kind == kind);

    /// <summary>The next row of the file, which is its first.</summary>
    public static ImportColumns Read(SheetRows rows, CatalogList list)
    {
        if (!rows.Read())
            throw new UnreadableSheetException("import_empty");
        if (rows.Cells.Count > SheetRows.MostColumns)
            throw new UnreadableSheetException("import_too_many_columns", $"{SheetRows.MostColumns}");
        var headings = rows.Cells.ConvertAll(cell => cell.Text.Trim());
        var known = new List<(SheetColumn Column, int Place)>();
        foreach (var (place, heading) in headings.Index())
        {
            if (list.Sheet.FirstOrDefault(column => column.IsCalled(heading)) is not { } column)
                continue;
            if (known.Exists(other => other.Column == column))
                throw new UnreadableSheetException("import_column_twice", column.Field);
            known.Add((column, place));
        }

        return known.Exists(one => one.Column.Kind == ColumnKind.Code) ? new ImportColumns(headings, known) : throw new UnreadableSheetException("import_no_code", list.CodeField);
    }
}
