using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Maydon.Shop.Orders.Receipts.Pdf;

/// <summary>A TrueType font as a file has it: which glyph stands for which letter, and how wide it is. It never changes and serves everybody.</summary>
internal sealed class TrueTypeFont
{
    private readonly byte[] _file;
    private readonly Dictionary<string, Range> _tables = [];
    private readonly List<Group> _letters = [];
    private readonly int _metrics;
    private readonly bool _hasLongOffsets;

    /// <param name="name">PostScript's, such as <c>DejaVuSans-Bold</c>.</param>
    public TrueTypeFont(string name, byte[] file)
    {
        (Name, _file) = (name, file);
        var tables = Short(file, 4);
        for (var n = 0; n < tables; n++)
        {
            var entry = file.AsSpan(12 + (n * 16), 16);
            var offset = (int)BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            _tables.Add(Encoding.ASCII.GetString(entry[..4]), offset..(offset + (int)BinaryPrimitives.ReadUInt32BigEndian(entry[12..])));
        }

        var head = Table("head");
        UnitsPerEm = Short(head, 18);
        _hasLongOffsets = Short(head, 50) == 1;
        Box = [Signed(head, 36), Signed(head, 38), Signed(head, 40), Signed(head, 42)];
        var across = Table("hhea");
        (Ascent, Descent, _metrics) = (Signed(across, 4), Signed(across, 6), Short(across, 34));
        Glyphs = Short(Table("maxp"), 4);
        ReadLetters();
    }

    public string Name { get; }
    public int UnitsPerEm { get; }
    public int Ascent { get; }
    public int Descent { get; }

    /// <summary>What every glyph fits into: left, bottom, right, top.</summary>
    public IReadOnlyList<int> Box { get; }
    public int Glyphs { get; }

    public ReadOnlySpan<byte> Table(string tag) => _tables.TryGetValue(tag, out var range) ? _file.AsSpan(range) : [];

    /// <summary>0 for a letter that the font does not have.</summary>
    public int GlyphOf(Rune letter)
    {
        foreach (var group in _letters)
        {
            if (letter.Value >= group.First && letter.Value <= group.Last)
                return group.Glyph + letter.Value - group.First;
        }

        return 0;
    }

    /// <summary>In units, of which there are <see cref="UnitsPerEm"/> in the size of the letters.</summary>
    public int WidthOf(int glyph) => Short(Table("hmtx"), Math.Min(glyph, _metrics - 1) * 4);

    public int LeftBearingOf(int glyph) => Signed(Table("hmtx"), glyph < _metrics ? (glyph * 4) + 2 : (_metrics * 4) + ((glyph - _metrics) * 2));

    /// <summary>Its outline; empty for a blank.</summary>
    public ReadOnlySpan<byte> OutlineOf(int glyph)
    {
        var offsets = Table("loca");
        int Offset(ReadOnlySpan<byte> table, int n) => _hasLongOffsets ? (int)BinaryPrimitives.ReadUInt32BigEndian(table[(n * 4)..]) : Short(table, n * 2) * 2;
        return Table("glyf")[Offset(offsets, glyph)..Offset(offsets, glyph + 1)];
    }

    /// <summary>The part of <c>cmap</c> that knows all of Unicode.</summary>
    private void ReadLetters()
    {
        const int windows = 3;
        const int allOfUnicode = 10;
        var map = Table("cmap");
        for (var n = 0; n < Short(map, 2); n++)
        {
            var entry = map[(4 + (n * 8))..];
            if (Short(entry, 0) != windows || Short(entry, 2) != allOfUnicode)
                continue;
            var groups = map[(int)BinaryPrimitives.ReadUInt32BigEndian(entry[4..])..];
            for (var group = 0; group < (int)BinaryPrimitives.ReadUInt32BigEndian(groups[12..]); group++)
            {
                var range = groups[(16 + (group * 12))..];
                _letters.Add(new Group(
                    (int)BinaryPrimitives.ReadUInt32BigEndian(range), (int)BinaryPrimitives.ReadUInt32BigEndian(range[4..]), (int)BinaryPrimitives.ReadUInt32BigEndian(range[8..])));
            }

            return;
        }

        throw new InvalidDataException($"{Name} has no map of all of Unicode.");
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static int Signed(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt16BigEndian(bytes[at..]);

    /// <summary>Letters that follow each other and so do their glyphs.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Group(int First, int Last, int Glyph);
}
