using System.Text;
using System.Xml;

namespace Maydon.Catalog.Importing.Files;

/// <summary>The texts of a workbook's cells, which its sheets name by number: as UTF-8 in a few large pieces, since all of them must be at hand.</summary>
internal sealed class SharedStrings
{
    private const int PieceSize = 1 << 20;

    private readonly SheetLimits _limits;
    private readonly List<byte[]> _pieces = [];
    private readonly List<(int Piece, int Start, int Length)> _places = [];
    private int _used = PieceSize;

    private SharedStrings(SheetLimits limits) => _limits = limits;

    public static SharedStrings Read(XmlReader? xml, SheetLimits limits)
    {
        var strings = new SharedStrings(limits);
        using (xml)
        {
            while (xml?.Read() is true)
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "si" })
                    strings.Add(CellText.Read(xml));
            }
        }

        return strings;
    }

    /// <summary>Null for a number that none has.</summary>
    public string? Find(int number)
    {
        if (number < 0 || number >= _places.Count)
            return null;
        var (piece, start, length) = _places[number];
        return Encoding.UTF8.GetString(_pieces[piece], start, length);
    }

    private void Add(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (_used + length > PieceSize)
        {
            if ((_pieces.Count + 1L) * PieceSize > _limits.SharedBytes)
                throw new UnreadableSheetException("import_too_large");
            _pieces.Add(new byte[Math.Max(PieceSize, length)]);
            _used = 0;
        }

        if (_places.Count == _limits.SharedTexts)
            throw new UnreadableSheetException("import_too_large");
        Encoding.UTF8.GetBytes(text, _pieces[^1].AsSpan(_used));
        _places.Add((_pieces.Count - 1, _used, length));
        _used += length;
    }
}
