using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>
/// A file from its beginning, batch by batch. However long it is, one batch is in memory, and sixteen bytes and a number of each code: the second row with a code is
/// refused, for whoever imports the same file again must find nothing to change.
/// </summary>
internal sealed class RowReader : IDisposable
{
    public const int MostRows = 1_000_000;
    private const int BatchRows = 4_000;
    private const int BatchCharacters = 4_000_000;

    private readonly SheetRows _rows;
    private readonly Dictionary<UInt128, int> _seen = [];
    private int _count;

    private RowReader(SheetRows rows, ImportColumns columns) => (_rows, Columns) = (rows, columns);

    public ImportColumns Columns { get; }

    public static RowReader Open(string path, CatalogList list, SheetLimits limits)
    {
        var rows = SheetRows.Open(path, limits);
        try
        {
            return new RowReader(rows, ImportColumns.Read(rows, list));
        }
        catch (UnreadableSheetException)
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>The next rows after number <paramref name="after"/>; null at the end.</summary>
    public RowBatch? Read(int after, CancellationToken cancellationToken)
    {
        var batch = new RowBatch();
        var size = 0;
        while (batch.Count < BatchRows && size < BatchCharacters && _rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++_count > MostRows)
                throw new UnreadableSheetException("import_too_many_rows", MostRows.ToString(CultureInfo.InvariantCulture));
            var (row, refused) = ReadRow();
            if (_rows.Number <= after)
                continue;
            batch.LastNumber = _rows.Number;
            size += _rows.Cells.Sum(cell => cell.Text.Length);
            if (row is not null)
                batch.Rows.Add(row);
            else
                batch.Refused.Add(refused!);
        }

        return batch.Count > 0 ? batch : null;
    }

    public void Dispose() => _rows.Dispose();

    private (ImportRow? Row, RefusedRow? Refused) ReadRow()
    {
        var cells = _rows.Cells;
        var width = Columns.Headings.Count;
        List<RowFault>? faults = null;
        if ((cells.Count < width && _rows.IsEven) || cells.Skip(width).Any(cell => !cell.IsEmpty))
            (faults = []).Add(new RowFault(null, "import_uneven_row", $"{cells.Count}", $"{width}"));

        var code = CellChecks.Read(Columns.Code.Column, CellAt(Columns.Code.Place), ref faults);
        var values = new string?[Columns.Values.Count];
        var place = 0;
        foreach (var (column, at) in Columns.Known)
        {
            if (column.Kind != ColumnKind.Code)
                values[place++] = CellChecks.Read(column, CellAt(at), ref faults);
        }

        if (code is not null && !_seen.TryAdd(Fingerprint(code), _rows.Number))
            (faults ??= []).Add(new RowFault(Columns.Code.Column.Field, "import_code_twice", $"{_seen[Fingerprint(code)]}"));
        var kept = KeptCells.Of(cells, width, _rows.IsEven);
        return faults is null ? (new ImportRow(_rows.Number, code!, values, kept), null) : (null, RefusedRow.Of(_rows.Number, kept, faults));

        SheetCell CellAt(int at) => at < cells.Count ? cells[at] : new SheetCell("");
    }

    private static UInt128 Fingerprint(string code)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(code.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
