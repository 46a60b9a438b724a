using System.Globalization;
using System.Xml;

namespace Maydon.Catalog.Importing.Files;

/// <summary>
/// The first sheet of an Excel workbook, row by row. Text is taken as it stands; a number as its digits, with the zeros that its format puts before it; what was
/// lost before the file was written (digits after the fifteenth, a code that became a date) is a fault of its cell.
/// </summary>
internal sealed class XlsxRows : SheetRows
{
    private readonly XlsxPackage _package;
    private readonly SheetLimits _limits;
    private readonly SharedStrings _strings;
    private readonly NumberFormats _formats;
    private readonly XmlReader _sheet;
    private long _characters;

    private XlsxRows(XlsxPackage package, SheetLimits limits)
    {
        (_package, _limits) = (package, limits);
        _strings = XlsxPackage.Guarded(() => SharedStrings.Read(package.OpenPart("sharedStrings.xml"), limits));
        _formats = XlsxPackage.Guarded(() => NumberFormats.Read(package.OpenPart("styles.xml")));
        _sheet = package.OpenSheet();
    }

    /// <summary>Empty cells are not written.</summary>
    public override bool IsEven => false;

    public static XlsxRows OpenWorkbook(string path, SheetLimits limits)
    {
        var package = XlsxPackage.Open(path, limits);
        try
        {
            return new XlsxRows(package, limits);
        }
        catch (UnreadableSheetException)
        {
            package.Dispose();
            throw;
        }
    }

    public override bool Read() => XlsxPackage.Guarded(() =>
    {
        while (_sheet.Read())
        {
            if (_sheet is not { NodeType: XmlNodeType.Element, LocalName: "row" })
                continue;
            var number = int.TryParse(_sheet.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : Number + 1;
            // What is done is known by its number.
            Number = number > Number ? number : throw new UnreadableSheetException("import_no_workbook");
            Cells = new List<SheetCell>(Cells.Count);
            ReadCells();
            if (Cells.Exists(cell => cell.Fault is not null || !string.IsNullOrWhiteSpace(cell.Text)))
                return true;
        }

        return false;
    });

    public override void Dispose()
    {
        _sheet.Dispose();
        _package.Dispose();
    }

    private void ReadCells()
    {
        if (_sheet.IsEmptyElement)
            return;
        var depth = _sheet.Depth;
        var column = -1;
        while (_sheet.Read() && _sheet.Depth > depth)
        {
            if (_sheet is not { NodeType: XmlNodeType.Element, LocalName: "c" })
                continue;
            column = ColumnOf(_sheet.GetAttribute("r")) ?? column + 1;
            var cell = ReadCell();
            _characters += cell.Text.Length;
            if (_characters > _limits.Characters)
                throw new UnreadableSheetException("import_too_large");
            if (column < Cells.Count || cell.IsEmpty)
                continue;
            // One more is enough to see that it is too many.
            column = Math.Min(column, MostColumns);
            while (Cells.Count < column)
                Cells.Add(new SheetCell(""));
            if (Cells.Count == column)
                Cells.Add(cell);
        }
    }

    private SheetCell ReadCell()
    {
        var type = _sheet.GetAttribute("t");
        var style = int.TryParse(_sheet.GetAttribute("s"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (_sheet.IsEmptyElement)
            return new SheetCell("");
        string? value = null;
        var depth = _sheet.Depth;
        while (_sheet.Read() && _sheet.Depth > depth)
        {
            if (_sheet.NodeType != XmlNodeType.Element)
                continue;
            if (_sheet.LocalName == "v")
                value = CellText.Read(_sheet, within: null);
            else if (_sheet.LocalName == "is")
                value = CellText.Read(_sheet);
        }

        return (type, value) switch
        {
            (_, null or "") => new SheetCell(""),
            ("s", _) => new SheetCell(
                (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? _strings.Find(index) : null) ?? throw new UnreadableSheetException("import_no_workbook")),
            ("b", _) => new SheetCell(value == "1" ? "true" : "false"),
            ("e", _) => new SheetCell(value, "import_cell_error"),
            ("d", _) => new SheetCell(value, "import_cell_date"),
            ("str" or "inlineStr", _) => new SheetCell(value),
            _ => _formats.Write(value, style),
        };
    }

    /// <summary>B of B17; null where nothing is said, and the cell is the next.</summary>
    private static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var letter in reference ?? "")
        {
            if (!char.IsAsciiLetterUpper(letter))
                break;
            // Far beyond what is looked at.
            column = Math.Min((column * 26) + letter - 'A' + 1, 1_000_000);
        }

        return column == 0 ? null : column - 1;
    }
}
