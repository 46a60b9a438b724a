using System.Buffers.Binary;
using System.IO.Compression;

namespace Maydon.Kernel.Drawing;

/// <summary>A picture of opaque colours as a PNG file (RFC 2083): eight bits a channel, every line told from the one above.</summary>
public static class PngFile
{
    private const int Channels = 3;

    // "The same as above" is a zero for every line of a flat picture that repeats the last, and compresses to next to nothing.
    private const byte FilterUp = 2;

    /// <param name="pixels">Red, green and blue, line by line from the top.</param>
    public static byte[] Encode(byte[] pixels, int width, int height)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        // Bit depth 8, colour type 2 (RGB), the only compression and filtering there are, no interlacing.
        ReadOnlySpan<byte> kind = [8, 2, 0, 0, 0];
        kind.CopyTo(header[8..]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(pixels, width * Channels, height));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(byte[] pixels, int stride, int height)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            var line = new byte[stride + 1];
            line[0] = FilterUp;
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < stride; x++)
                    line[x + 1] = (byte)(pixels[(y * stride) + x] - (y == 0 ? 0 : pixels[((y - 1) * stride) + x]));
                zlib.Write(line);
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(type, data));
        file.Write(number);
    }

    /// <summary>What stands behind a chunk: over its type and its data.</summary>
    public static uint Checksum(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data) => ~Add(Add(uint.MaxValue, type), data);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            crc = s_table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (crc, _) => (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1))];
}
