using System.Buffers.Binary;

namespace Maydon.Catalog.Images.Formats;

/// <summary>WebP (RFC 9649): a RIFF file of one picture, or of frames, whose bit streams say once more how large they are.</summary>
internal static class WebpReader
{
    private const int ChunkHeader = 8;
    private const int FrameHeader = 16;
    private const byte HasExif = 0x08;
    private const byte HasXmp = 0x04;

    public static ImageVerdict Read(ReadOnlyMemory<byte> file)
    {
        var riff = BinaryPrimitives.ReadUInt32LittleEndian(file.Span[4..]);
        if (riff < 4 || riff > file.Length - ChunkHeader)
            return ImageVerdict.Damaged;
        if (Chunks(file[12..(int)(ChunkHeader + riff)]) is not [var first, ..] chunks)
            return ImageVerdict.Damaged;
        var isExtended = first.Is("VP8X");
        if (isExtended && first.Data.Length < 10)
            return ImageVerdict.Damaged;
        if ((isExtended ? CanvasOf(first.Data.Span) : SizeOf(first)) is not var (width, height))
            return ImageVerdict.Damaged;
        if (ImageFormat.IsTooLarge(width, height))
            return ImageVerdict.TooLarge;
        return isExtended
            ? ReadExtended(chunks, width, height)
            : ImageVerdict.Sound("webp", width, height, orientation: 1, Write([first]));
    }

    private static ImageVerdict ReadExtended(List<Chunk> chunks, int width, int height)
    {
        var kept = new List<Chunk>();
        var (pictures, frames, pixels, orientation) = (0, 0, 0L, 0);
        foreach (var chunk in chunks)
        {
            if (chunk.Is("ANMF"))
            {
                if (FrameSize(chunk) is not var (across, down))
                    return ImageVerdict.Damaged;
                pixels += (long)across * down;
                if (ImageFormat.IsTooLarge(across, down) || ImageFormat.IsTooLong(++frames, pixels))
                    return ImageVerdict.TooLarge;
                kept.Add(chunk);
            }
            else if (chunk.Is("VP8 ") || chunk.Is("VP8L"))
            {
                if (SizeOf(chunk) != (width, height))
                    return ImageVerdict.Damaged;
                pictures++;
                kept.Add(chunk);
            }
            else if (chunk.Is("EXIF") && orientation == 0)
            {
                var exif = chunk.Data.Span;
                orientation = Exif.Orientation(exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif);
                if (Exif.Of(orientation) is { } said)
                    kept.Add(new Chunk(chunk.Type, said));
            }
            else if (chunk.Is("VP8X") || chunk.Is("ICCP") || chunk.Is("ALPH") || chunk.Is("ANIM"))
            {
                kept.Add(chunk);
            }
        }

        if (pictures > 1 || pictures + frames == 0)
            return ImageVerdict.Damaged;
        var canvas = kept[0].Data.ToArray();
        canvas[0] = (byte)((canvas[0] & ~(HasExif | HasXmp)) | (Exif.Of(orientation) is null ? 0 : HasExif));
        kept[0] = new Chunk(kept[0].Type, canvas);
        return ImageVerdict.Sound("webp", width, height, orientation, Write(kept));
    }

    /// <summary>Null when one is longer than what it is in. The byte that fills the last one up to an even number may be missing.</summary>
    private static List<Chunk>? Chunks(ReadOnlyMemory<byte> content)
    {
        var chunks = new List<Chunk>();
        while (content.Length >= ChunkHeader)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(content.Span[4..]);
            if (length > content.Length - ChunkHeader)
                return null;
            chunks.Add(new Chunk(content[..4], content.Slice(ChunkHeader, (int)length)));
            content = content[Math.Min(content.Length, ChunkHeader + (int)length + ((int)length & 1))..];
        }

        return content.Length == 0 ? chunks : null;
    }

    private static (int Width, int Height) CanvasOf(ReadOnlySpan<byte> data) => (Number24(data[4..]) + 1, Number24(data[7..]) + 1);

    /// <summary>As the frame says, when the picture in it says the same.</summary>
    private static (int Width, int Height)? FrameSize(Chunk frame)
    {
        if (frame.Data.Length < FrameHeader)
            return null;
        var data = frame.Data.Span;
        (int Width, int Height) told = (Number24(data[6..]) + 1, Number24(data[9..]) + 1);
        var pictures = Chunks(frame.Data[FrameHeader..])?.Where(chunk => chunk.Is("VP8 ") || chunk.Is("VP8L")).ToList();
        return pictures is [var picture] && SizeOf(picture) == told ? told : null;
    }

    /// <summary>As the bit stream has it (RFC 6386, 9.1; RFC 9649, 3.4).</summary>
    private static (int Width, int Height)? SizeOf(Chunk chunk)
    {
        var data = chunk.Data.Span;
        if (chunk.Is("VP8L") && data.Length > 5 && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }

        if (!chunk.Is("VP8 ") || data.Length <= 10 || (data[0] & 1) != 0 || !data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]) || Number24(data) >> 5 > data.Length - 10)
            return null;
        var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
        return width == 0 || height == 0 ? null : (width, height);
    }

    private static int Number24(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);

    private static List<ReadOnlyMemory<byte>> Write(IReadOnlyList<Chunk> chunks)
    {
        var pieces = new List<ReadOnlyMemory<byte>> { ReadOnlyMemory<byte>.Empty };
        var size = 4;
        foreach (var chunk in chunks)
        {
            var header = new byte[ChunkHeader];
            chunk.Type.CopyTo(header);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), chunk.Data.Length);
            pieces.Add(header);
            pieces.Add(chunk.Data);
            if ((chunk.Data.Length & 1) == 1)
                pieces.Add(new byte[1]);
            size += ChunkHeader + chunk.Data.Length + (chunk.Data.Length & 1);
        }

        var start = new byte[12];
        "RIFF"u8.CopyTo(start);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(4), size);
        "WEBP"u8.CopyTo(start.AsSpan(8));
        pieces[0] = start;
        return pieces;
    }

    private sealed record Chunk(ReadOnlyMemory<byte> Type, ReadOnlyMemory<byte> Data)
    {
        public bool Is(string type) => Type.Span is [var a, var b, var c, var d] && a == type[0] && b == type[1] && c == type[2] && d == type[3];
    }
}
