using System.Buffers.Binary;

namespace Maydon.Catalog.Images.Formats;

/// <summary>GIF (87a and 89a): blocks of sub-blocks up to the trailer.</summary>
internal static class GifReader
{
    private const int HeaderSize = 13;
    private const byte Extension = 0x21;
    private const byte Picture = 0x2C;
    private const byte Trailer = 0x3B;

    public static ImageVerdict Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < HeaderSize)
            return ImageVerdict.Damaged;
        var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));
        if (width == 0 || height == 0)
            return ImageVerdict.Damaged;
        if (ImageFormat.IsTooLarge(width, height))
            return ImageVerdict.TooLarge;
        var at = HeaderSize + TableSize(bytes[10]);
        if (at > bytes.Length)
            return ImageVerdict.Damaged;
        var pieces = new List<ReadOnlyMemory<byte>> { file[..at] };
        var (frames, pixels) = (0, 0L);
        while (at < bytes.Length)
        {
            int end;
            switch (bytes[at])
            {
                case Trailer when frames > 0:
                    pieces.Add(file.Slice(at, 1));
                    return ImageVerdict.Sound("gif", width, height, orientation: 1, pieces);
                case Extension:
                    end = SkipSubBlocks(bytes, at + 2);
                    if (end < 0)
                        return ImageVerdict.Damaged;
                    if (IsKept(bytes[at..end]))
                        pieces.Add(file[at..end]);
                    break;
                case Picture:
                    if (at + 10 > bytes.Length)
                        return ImageVerdict.Damaged;
                    var frame = bytes.Slice(at + 1, 9);
                    var (right, bottom) = (Number(frame) + Number(frame[4..]), Number(frame[2..]) + Number(frame[6..]));
                    pixels += (long)Number(frame[4..]) * Number(frame[6..]);
                    // Those who show it make room for a frame that leaves the canvas.
                    if (ImageFormat.IsTooLarge(Math.Max(right, width), Math.Max(bottom, height)) || ImageFormat.IsTooLong(++frames, pixels))
                        return ImageVerdict.TooLarge;
                    var data = at + 10 + TableSize(frame[8]);
                    end = data < bytes.Length && bytes[data] is >= 1 and <= 11 ? SkipSubBlocks(bytes, data + 1) : -1;
                    // A frame without data is none.
                    if (end < 0 || end == data + 2)
                        return ImageVerdict.Damaged;
                    pieces.Add(file[at..end]);
                    break;
                default:
                    return ImageVerdict.Damaged;
            }

            at = end;
        }

        return ImageVerdict.Damaged;
    }

    private static int Number(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt16LittleEndian(at);

    private static int TableSize(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>Behind the empty one that ends them; -1 when the file ends first.</summary>
    private static int SkipSubBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            var size = bytes[at];
            at += 1 + size;
            if (size == 0)
                return at;
        }

        return -1;
    }

    /// <summary>How frames are shown and how often; no comments and nobody's own data.</summary>
    private static bool IsKept(ReadOnlySpan<byte> extension) => extension[1] switch
    {
        0xF9 or 0x01 => true,
        0xFF => extension[3..].StartsWith("NETSCAPE2.0"u8) || extension[3..].StartsWith("ANIMEXTS1.0"u8),
        _ => false,
    };
}
