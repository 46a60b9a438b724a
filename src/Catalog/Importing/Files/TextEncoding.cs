using System.Buffers;
using System.Text;

namespace Maydon.Catalog.Importing.Files;

/// <summary>
/// In what a text file is written: a mark says so; without one it is UTF-8 when all of it is, and else Windows-1251, as 1C and Excel write it. A file that is
/// UTF-8 but for a few bytes is damaged, and is not taken for something else; of UTF-16 that is found while it is read.
/// </summary>
internal static class TextEncoding
{
    private static readonly Encoding s_utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);
    private static readonly Encoding s_windows = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;

    public static Encoding Find(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[64 * 1024];
        long good = 0, bad = 0;
        var (kept, isFirst, isLast, isMarked) = (0, true, false, false);
        while (!isLast)
        {
            var filled = kept + file.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            isLast = filled < buffer.Length;
            if (isFirst)
            {
                if (Utf16Of(buffer.AsSpan(0, filled)) is { } utf16)
                    return utf16;
                isMarked = buffer.AsSpan(0, filled).StartsWith(s_utf8.Preamble);
                isFirst = false;
            }

            // A character may be cut in two where the buffer ends.
            kept = Count(buffer.AsSpan(0, filled), isLast, ref good, ref bad);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }

        if (bad == 0)
            return s_utf8;
        return isMarked || good > bad ? throw new UnreadableSheetException("import_encoding") : s_windows;
    }

    private static UnicodeEncoding? Utf16Of(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
        _ => null,
    };

    /// <summary>Characters of more than one byte, and bytes that belong to none. Returns how many at the end need what follows.</summary>
    private static int Count(ReadOnlySpan<byte> bytes, bool isLast, ref long good, ref long bad)
    {
        while (true)
        {
            var next = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (next < 0)
                return 0;
            bytes = bytes[next..];
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == OperationStatus.NeedMoreData && !isLast)
                return bytes.Length;
            if (status == OperationStatus.Done)
                good++;
            else
                bad++;
            bytes = bytes[length..];
        }
    }
}
