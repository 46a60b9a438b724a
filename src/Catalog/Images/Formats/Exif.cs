using System.Buffers.Binary;

namespace Maydon.Catalog.Images.Formats;

/// <summary>What cameras write beside the pixels (a TIFF directory). Which side is up is all that is taken from it.</summary>
internal static class Exif
{
    private const int Upright = 1;
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;
    private const int EntrySize = 12;

    /// <summary>1 to 8; 1, upright, when nothing sensible is said.</summary>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
            return Upright;
        var isLittle = tiff[0] == 'I';
        var directory = Long(tiff[4..], isLittle);
        if (directory > tiff.Length - 2)
            return Upright;
        var entries = tiff[(int)directory..];
        var count = Short(entries, isLittle);
        entries = entries[2..];
        for (var n = 0; n < count && entries.Length >= EntrySize; n++, entries = entries[EntrySize..])
        {
            if (Short(entries, isLittle) != OrientationTag || Short(entries[2..], isLittle) != ShortType)
                continue;
            var value = Short(entries[8..], isLittle);
            return value is >= 1 and <= 8 ? value : Upright;
        }

        return Upright;
    }

    /// <summary>A directory that says this and nothing else; null where there is nothing to say.</summary>
    public static byte[]? Of(int orientation) => orientation == Upright
        ? null
        : [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    private static ushort Short(ReadOnlySpan<byte> at, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

    private static uint Long(ReadOnlySpan<byte> at, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
