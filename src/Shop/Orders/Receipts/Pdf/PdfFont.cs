using System.Globalization;
using System.Text;

namespace Maydon.Shop.Orders.Receipts.Pdf;

/// <summary>A font in one document, which remembers the glyphs that were used.</summary>
internal sealed class PdfFont(string name, TrueTypeFont font)
{
    private readonly SortedDictionary<int, string> _used = [];

    /// <summary>Within the document.</summary>
    public string Name => name;

    /// <summary>In points.</summary>
    public double Measure(string text, double size)
    {
        var units = 0;
        foreach (var letter in Printable(text))
            units += font.WidthOf(font.GlyphOf(letter));
        return units * size / font.UnitsPerEm;
    }

    /// <summary>The numbers of its glyphs in hexadecimal digits, as a page names them.</summary>
    public string Encode(string text)
    {
        var glyphs = new StringBuilder();
        foreach (var letter in Printable(text))
        {
            var glyph = font.GlyphOf(letter);
            glyphs.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
            _used.TryAdd(glyph, letter.ToString());
        }

        return glyphs.ToString();
    }

    /// <summary>Adds the objects that it is made of, except the first, which it returns.</summary>
    public string AddTo(PdfFile file)
    {
        var fontName = $"MAYDON+{font.Name}";
        int Scaled(int units) => units * 1000 / font.UnitsPerEm;
        var program = FontSubset.Of(font, _used.Keys);
        var data = file.AddStream(program, $"/Length1 {program.Length}");
        var descriptor = file.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"<< /Type /FontDescriptor /FontName /{fontName} /Flags 4 /FontBBox [{string.Join(' ', font.Box.Select(Scaled))}] /ItalicAngle 0 /Ascent {Scaled(font.Ascent)} /Descent {Scaled(font.Descent)} /CapHeight {Scaled(font.Ascent)} /StemV 80 /FontFile2 {data} 0 R >>"));
        var widths = string.Join(' ', _used.Keys.Select(glyph => string.Create(CultureInfo.InvariantCulture, $"{glyph} [{Scaled(font.WidthOf(glyph))}]")));
        var glyphs = file.Add(
            $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{fontName} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /W [{widths}] >>");
        var letters = file.AddStream(Encoding.ASCII.GetBytes(LettersOfGlyphs()));
        return $"<< /Type /Font /Subtype /Type0 /BaseFont /{fontName} /Encoding /Identity-H /DescendantFonts [{glyphs} 0 R] /ToUnicode {letters} 0 R >>";
    }

    /// <summary>By which text can be searched and copied.</summary>
    private string LettersOfGlyphs()
    {
        var map = new StringBuilder("""
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange <0000> <FFFF> endcodespacerange

            """);
        // No more than a hundred may stand together.
        foreach (var some in _used.Where(used => used.Key != 0).Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, letter) in some)
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(letter))}>\n");
            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    /// <summary>Signs that only steer, such as those that turn the direction of text, are nothing on paper.</summary>
    private static IEnumerable<Rune> Printable(string text) =>
        text.EnumerateRunes().Where(letter => Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format));
}
