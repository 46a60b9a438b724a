using System.Buffers.Binary;
using System.IO.Compression;
using Maydon.Kernel.Drawing;

namespace Maydon.Catalog.Images.Formats;

/// <summary>PNG (W3C, third edition): chunks with checksums, and pixels that must be exactly as many as were announced.</summary>
internal static class PngReader
{
    private const int Signature = 8;
    private const int Frame = 12;

    public static ImageVerdict Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var pieces = new List<ReadOnlyMemory<byte>> { file[..Signature] };
        var pixels = new List<ReadOnlyMemory<byte>>();
        var header = default(Header);
        var (frames, moving, orientation) = (0, 0L, 0);
        for (var at = Signature; at + Frame <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - Frame)
                return ImageVerdict.Damaged;
            var end = at + Frame + (int)length;
            var type = bytes.Slice(at + 4, 4);
            var data = bytes.Slice(at + 8, (int)length);
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(end - 4)..]) != PngFile.Checksum(type, data))
                return ImageVerdict.Damaged;
            var isFirst = at == Signature;
            if (isFirst != type.SequenceEqual("IHDR"u8))
                return ImageVerdict.Damaged;
            if (isFirst)
            {
                if (Header.Of(data) is not { } told)
                    return ImageVerdict.Damaged;
                header = told;
                if (ImageFormat.IsTooLarge(header.Width, header.Height))
                    return ImageVerdict.TooLarge;
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                pixels.Add(file.Slice(at + 8, (int)length));
            }
            else if (type.SequenceEqual("fcTL"u8))
            {
                if (data.Length != 26)
                    return ImageVerdict.Damaged;
                moving += (long)BinaryPrimitives.ReadUInt32BigEndian(data[4..]) * BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
                if (ImageFormat.IsTooLong(++frames, moving))
                    return ImageVerdict.TooLarge;
            }
            else if (type.SequenceEqual("eXIf"u8) && orientation == 0)
            {
                orientation = Exif.Orientation(data);
                if (Exif.Of(orientation) is { } exif)
                    pieces.Add(Chunk("eXIf"u8, exif));
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                pieces.Add(file[at..end]);
                return Holds(pixels, header.Bytes) ? ImageVerdict.Sound("png", header.Width, header.Height, orientation, pieces) : ImageVerdict.Damaged;
            }

            if (IsKept(type))
                pieces.Add(file[at..end]);
            else if (char.IsAsciiLetterUpper((char)type[0]))
                return ImageVerdict.Damaged; // nobody can show it who does not know this chunk
            at = end;
        }

        return ImageVerdict.Damaged;
    }

    /// <summary>What the pixels are and how they move; no text, no times, no comments.</summary>
    private static bool IsKept(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("tRNS"u8)
        || type.SequenceEqual("gAMA"u8) || type.SequenceEqual("cHRM"u8) || type.SequenceEqual("sRGB"u8) || type.SequenceEqual("iCCP"u8)
        || type.SequenceEqual("sBIT"u8) || type.SequenceEqual("cICP"u8) || type.SequenceEqual("bKGD"u8) || type.SequenceEqual("pHYs"u8)
        || type.SequenceEqual("acTL"u8) || type.SequenceEqual("fcTL"u8) || type.SequenceEqual("fdAT"u8);

    /// <summary>Whether they unfold to so many bytes, no more and no less. What goes on beyond that is never unfolded.</summary>
    private static bool Holds(List<ReadOnlyMemory<byte>> pixels, long expected)
    {
        var compressed = new byte[pixels.Sum(piece => piece.Length)];
        var filled = 0;
        foreach (var piece in pixels)
        {
            piece.CopyTo(compressed.AsMemory(filled));
            filled += piece.Length;
        }

        try
        {
            using var unfolding = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
            var (buffer, total, read) = (new byte[64 * 1024], 0L, 0);
            while (total <= expected && (read = unfolding.Read(buffer)) > 0)
                total += read;
            return total == expected;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        var chunk = new byte[Frame + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), PngFile.Checksum(type, data));
        return chunk;
    }

    private readonly record struct Header(int Width, int Height, int BitsPerPixel, bool IsInterlaced)
    {
        // Where the seven passes begin, and how far apart their pixels are: x, y, across, down.
        private static readonly (int X, int Y, int Across, int Down)[] s_passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

        /// <summary>Unfolded, with the byte before each line that says how it is filtered.</summary>
        public long Bytes
        {
            get
            {
                if (!IsInterlaced)
                    return Lines(Width, Height);
                var (width, height, total) = (Width, Height, 0L);
                foreach (var (x, y, across, down) in s_passes)
                    total += Lines((width - x + across - 1) / across, (height - y + down - 1) / down);
                return total;
            }
        }

        public static Header? Of(ReadOnlySpan<byte> data)
        {
            if (data.Length != 13)
                return null;
            var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
            int? samples = (data[9], data[8]) switch
            {
                (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) => 1,
                (2, 8 or 16) => 3,
                (4, 8 or 16) => 2,
                (6, 8 or 16) => 4,
                _ => null,
            };
            return width <= 0 || height <= 0 || samples is null || data[10] != 0 || data[11] != 0 || data[12] > 1 ? null : new Header(width, height, samples.Value * data[8], data[12] == 1);
        }

        private long Lines(int width, int height) => width <= 0 || height <= 0 ? 0 : height * (1 + (((long)width * BitsPerPixel) + 7) / 8);
    }
}
