using System.Buffers.Binary;
using System.Text;

namespace Maydon.Shop.Orders.Receipts.Pdf;

/// <summary>A font with only those outlines that a document uses: a twentieth of the whole. Glyphs keep their numbers.</summary>
internal static class FontSubset
{
    // Flags of a part of a composed glyph.
    private const int HasWords = 1;
    private const int HasScale = 8;
    private const int HasMore = 32;
    private const int HasTwoScales = 64;
    private const int HasMatrix = 128;

    public static byte[] Of(TrueTypeFont font, IEnumerable<int> used)
    {
        var glyphs = WithParts(font, used);
        var count = glyphs.Max + 1;
        var outlines = new MemoryStream();
        var offsets = new byte[(count + 1) * 4];
        var metrics = new byte[count * 4];
        for (var glyph = 0; glyph < count; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(glyph * 4), (uint)outlines.Length);
            BinaryPrimitives.WriteUInt16BigEndian(metrics.AsSpan(glyph * 4), (ushort)font.WidthOf(glyph));
            BinaryPrimitives.WriteInt16BigEndian(metrics.AsSpan((glyph * 4) + 2), (short)font.LeftBearingOf(glyph));
            if (glyphs.Contains(glyph))
                outlines.Write(font.OutlineOf(glyph));
            while (outlines.Length % 4 != 0)
                outlines.WriteByte(0);
        }

        BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(count * 4), (uint)outlines.Length);
        var head = font.Table("head").ToArray();
        // Long offsets, and no sum over the whole: a font inside a document is not checked by it.
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), 0);
        var across = font.Table("hhea").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(across.AsSpan(34), (ushort)count);
        var profile = font.Table("maxp").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(profile.AsSpan(4), (ushort)count);
        return Assemble(
        [
            ("cvt ", font.Table("cvt ").ToArray()), ("fpgm", font.Table("fpgm").ToArray()), ("glyf", outlines.ToArray()), ("head", head), ("hhea", across),
            ("hmtx", metrics), ("loca", offsets), ("maxp", profile), ("prep", font.Table("prep").ToArray()),
        ]);
    }

    /// <summary>An accented letter may be made of two glyphs, and those of others.</summary>
    private static SortedSet<int> WithParts(TrueTypeFont font, IEnumerable<int> used)
    {
        var glyphs = new SortedSet<int> { 0 };
        var open = new Stack<int>(used);
        while (open.TryPop(out var glyph))
        {
            if (!glyphs.Add(glyph) && glyph != 0)
                continue;
            var outline = font.OutlineOf(glyph);
            if (outline.Length == 0 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
                continue;
            var part = outline[10..];
            while (true)
            {
                var flags = BinaryPrimitives.ReadUInt16BigEndian(part);
                open.Push(BinaryPrimitives.ReadUInt16BigEndian(part[2..]));
                if ((flags & HasMore) == 0)
                    break;
                part = part[(4 + ((flags & HasWords) != 0 ? 4 : 2) + ((flags & HasMatrix) != 0 ? 8 : (flags & HasTwoScales) != 0 ? 4 : (flags & HasScale) != 0 ? 2 : 0))..];
            }
        }

        return glyphs;
    }

    private static byte[] Assemble(IReadOnlyList<(string Tag, byte[] Content)> tables)
    {
        var present = tables.Where(table => table.Content.Length > 0).ToList();
        var power = (int)Math.Log2(present.Count);
        var file = new MemoryStream();
        WriteInt(file, 0x00010000);
        WriteShort(file, present.Count);
        WriteShort(file, 16 << power);
        WriteShort(file, power);
        WriteShort(file, (present.Count * 16) - (16 << power));
        var offset = 12 + (present.Count * 16);
        foreach (var (tag, content) in present)
        {
            file.Write(Encoding.ASCII.GetBytes(tag));
            WriteInt(file, Sum(content));
            WriteInt(file, (uint)offset);
            WriteInt(file, (uint)content.Length);
            offset += Padded(content.Length);
        }

        foreach (var (_, content) in present)
        {
            file.Write(content);
            file.Write(new byte[Padded(content.Length) - content.Length]);
        }

        return file.ToArray();
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static uint Sum(byte[] content)
    {
        var sum = 0u;
        Span<byte> word = stackalloc byte[4];
        for (var at = 0; at < content.Length; at += 4)
        {
            word.Clear();
            content.AsSpan(at, Math.Min(4, content.Length - at)).CopyTo(word);
            sum = unchecked(sum + BinaryPrimitives.ReadUInt32BigEndian(word));
        }

        return sum;
    }

    private static void WriteInt(MemoryStream file, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        file.Write(bytes);
    }

    private static void WriteShort(MemoryStream file, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        file.Write(bytes);
    }
}
