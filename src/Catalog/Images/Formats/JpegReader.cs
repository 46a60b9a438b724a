using System.Buffers.Binary;

namespace Maydon.Catalog.Images.Formats;

/// <summary>JPEG (ITU T.81): segments behind markers, and scans of compressed data up to the end that is marked.</summary>
internal static class JpegReader
{
    // A progressive picture has about ten; each makes the decoder go over all of its pixels again.
    private const int MostScans = 100;

    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    private static ReadOnlySpan<byte> ExifName => "Exif\0\0"u8;

    public static ImageVerdict Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var pieces = new List<ReadOnlyMemory<byte>> { file[..2] };
        var (width, height, scans, orientation) = (0, 0, 0, 0);
        var at = 2;
        while (at + 2 <= bytes.Length)
        {
            if (bytes[at] != 0xFF)
                return ImageVerdict.Damaged;
            var marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                // Any number of them may stand before a marker.
                at++;
                continue;
            }

            if (marker == EndOfImage)
            {
                if (scans == 0)
                    return ImageVerdict.Damaged;
                pieces.Add(file.Slice(at, 2));
                return ImageVerdict.Sound("jpg", width, height, orientation, pieces);
            }

            if (at + 4 > bytes.Length)
                return ImageVerdict.Damaged;
            var end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (end < at + 4 || end > bytes.Length)
                return ImageVerdict.Damaged;
            var content = bytes[(at + 4)..end];
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2:
                    if (width != 0 || content.Length < 6 || content.Length != 6 + (content[5] * 3))
                        return ImageVerdict.Damaged;
                    if (content[0] != 8 || content[5] is not (1 or 3 or 4))
                        return ImageVerdict.Unsupported;
                    (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(content[1..]), BinaryPrimitives.ReadUInt16BigEndian(content[3..]));
                    if (width == 0 || height == 0)
                        return ImageVerdict.Damaged;
                    if (ImageFormat.IsTooLarge(width, height))
                        return ImageVerdict.TooLarge;
                    break;
                // Lossless, hierarchical and arithmetic: no browser shows them.
                case (>= 0xC3 and <= 0xCF and not (0xC4 or 0xC8)) or 0xDE or 0xDF:
                    return ImageVerdict.Unsupported;
                case StartOfScan:
                    if (width == 0)
                        return ImageVerdict.Damaged;
                    if (++scans > MostScans)
                        return ImageVerdict.TooLarge;
                    var scanned = EndOfScan(bytes, end);
                    if (scanned < 0 || scanned == end)
                        return ImageVerdict.Damaged;
                    end = scanned;
                    break;
                // What has no length stands within scans alone.
                case 0xC8 or 0x00 or 0x01 or (>= 0xD0 and <= 0xD8) or 0xDC:
                    return ImageVerdict.Damaged;
            }

            if (marker == 0xE1 && content.StartsWith(ExifName) && orientation == 0)
            {
                orientation = Exif.Orientation(content[ExifName.Length..]);
                if (Exif.Of(orientation) is { } exif)
                    pieces.Add(ExifSegment(exif));
            }
            else if (IsKept(marker, content))
            {
                pieces.Add(file[at..end]);
            }

            at = end;
        }

        return ImageVerdict.Damaged;
    }

    /// <summary>The next marker that neither stands for the byte 255 nor begins anew within the scan; -1 when the file ends first.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            var next = bytes[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= bytes.Length)
                return -1;
            at += next;
            if (bytes[at + 1] is not (0x00 or 0xFF or (>= 0xD0 and <= 0xD7)))
                return at;
            at += bytes[at + 1] == 0xFF ? 1 : 2;
        }
    }

    /// <summary>Of the applications' segments those that say what the colours are; no comments.</summary>
    private static bool IsKept(byte marker, ReadOnlySpan<byte> content) => marker switch
    {
        0xE0 => content.StartsWith("JFIF\0"u8),
        0xE2 => content.StartsWith("ICC_PROFILE\0"u8),
        0xEE => content.StartsWith("Adobe"u8),
        >= 0xE0 => false,
        _ => true,
    };

    private static byte[] ExifSegment(byte[] exif)
    {
        var length = 2 + ExifName.Length + exif.Length;
        return [0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. ExifName, .. exif];
    }
}
