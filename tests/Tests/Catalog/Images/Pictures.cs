using System.Buffers.Binary;
using System.Security.Cryptography;
using Maydon.Kernel.Drawing;

namespace Maydon.Tests.Catalog.Images;

/// <summary>Small pictures of every kind, made here, with what cameras and attackers put into them.</summary>
internal static class Pictures
{
    public const string Secret = "41.311081,69.240562";

    private static ReadOnlySpan<byte> SecretBytes => "41.311081,69.240562"u8;

    public static readonly byte[] Gif = Convert.FromHexString("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b");
    public static readonly byte[] Webp = Convert.FromBase64String("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
    public static readonly byte[] WebpLossless = Convert.FromBase64String("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    /// <summary>No two are the same.</summary>
    public static byte[] Png(int width = 40, int height = 20)
    {
        var pixels = new byte[width * height * 3];
        RandomNumberGenerator.Fill(pixels.AsSpan(0, Math.Min(pixels.Length, 3000)));
        return PngFile.Encode(pixels, width, height);
    }

    /// <summary>Grey, as a camera that is held on its side writes it: with where that was, when the caller likes.</summary>
    public static byte[] Jpeg(int width, int height, int orientation = 1, bool withPlace = false)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        Add(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (orientation != 1 || withPlace)
            Add(0xE1, [.. "Exif\0\0"u8, .. Exif(orientation, withPlace)]);
        if (withPlace)
            Add(0xFE, [.. SecretBytes]);
        Add(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Add(0xC0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);
        // One code of one bit in each table: no difference from the block before, and nothing more in this one.
        Add(0xC4, [0x00, 1, .. new byte[15], 0x00]);
        Add(0xC4, [0x10, 1, .. new byte[15], 0x00]);
        Add(0xDA, [1, 1, 0x00, 0, 63, 0]);
        var bits = (width + 7) / 8 * ((height + 7) / 8) * 2;
        file.AddRange(new byte[bits / 8]);
        if (bits % 8 != 0)
            file.Add((byte)(0xFF >> (bits % 8)));
        return [.. file, 0xFF, 0xD9];

        void Add(byte marker, byte[] content) => file.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);
    }

    private static byte[] Exif(int orientation, bool withPlace)
    {
        byte[] tiff = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        return withPlace ? [.. tiff, .. SecretBytes] : tiff;
    }

    /// <summary>With one more chunk behind the first.</summary>
    public static byte[] WithChunk(byte[] png, string type, byte[] data)
    {
        var name = System.Text.Encoding.ASCII.GetBytes(type);
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        name.CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), PngFile.Checksum(name, data));
        return [.. png[..33], .. chunk, .. png[33..]];
    }

    /// <summary>A PNG that says it is so large, and whose pixels are as many zeros.</summary>
    public static byte[] Zeros(int width, int height, long zeros)
    {
        using var folded = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(folded, System.IO.Compression.CompressionLevel.Fastest))
        {
            var block = new byte[1 << 20];
            for (var left = zeros; left > 0; left -= block.Length)
                zlib.Write(block, 0, (int)Math.Min(left, block.Length));
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        var empty = (byte[])[.. PngFile.Encode(new byte[3], 1, 1).AsSpan(0, 8), .. new byte[25], .. PngFile.Encode(new byte[3], 1, 1).AsSpan()[^12..]];
        return [.. empty[..8], .. Chunk("IHDR", header), .. Chunk("IDAT", folded.ToArray()), .. empty[33..]];

        static byte[] Chunk(string type, byte[] data) => WithChunk(new byte[33], type, data)[33..];
    }

    /// <summary>So many frames of this size, each of next to nothing.</summary>
    public static byte[] MovingGif(int frames, int width, int height)
    {
        byte[] frame = [0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 2, 1, 0x2C, 0];
        return [.. "GIF89a"u8, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0x80, 0, 0, 0, 0, 0, 255, 255, 255, .. Enumerable.Repeat(frame, frames).SelectMany(one => one), 0x3B];
    }

    /// <summary>An extended WebP of one picture with where it was taken.</summary>
    public static byte[] WebpWithPlace()
    {
        byte[] content = [.. Chunk("VP8X", [0x0C, 0, 0, 0, 0, 0, 0, 0, 0, 0]), .. WebpLossless[12..], .. Chunk("EXIF", Exif(6, withPlace: true)), .. Chunk("XMP ", SecretBytes.ToArray())];
        var file = (byte[])[.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. content];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), content.Length + 4);
        return file;

        static byte[] Chunk(string type, byte[] data)
        {
            var header = new byte[8];
            System.Text.Encoding.ASCII.GetBytes(type).CopyTo(header, 0);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), data.Length);
            return [.. header, .. data, .. new byte[data.Length & 1]];
        }
    }

    public static byte[] GifWithPlace() => [.. Gif[..^1], 0x21, 0xFE, (byte)SecretBytes.Length, .. SecretBytes, 0, 0x3B];
}
