using System.Buffers;
using System.Text.Unicode;

namespace Maydon.Kernel.Http.Edge;

/// <summary>The path and query as they came over the wire.</summary>
internal static class RequestTarget
{
    /// <summary>No NUL and no broken UTF-8 behind the percent signs: PostgreSQL can hold neither, and a decoder would guess.</summary>
    public static bool IsSound(string? target)
    {
        if (target is null || !target.Contains('%', StringComparison.Ordinal))
            return true;
        var buffer = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            var length = Decode(target, buffer);
            var bytes = buffer.AsSpan(0, length);
            return !bytes.Contains((byte)0) && Utf8.IsValid(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Decode(string target, byte[] bytes)
    {
        var length = 0;
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == '%' && i + 2 < target.Length && char.IsAsciiHexDigit(target[i + 1]) && char.IsAsciiHexDigit(target[i + 2]))
            {
                Convert.FromHexString(target.AsSpan(i + 1, 2), bytes.AsSpan(length++, 1), out _, out _);
                i += 2;
            }
            else
            {
                // A character that stands for itself between the escapes; only that it is no part of one matters.
                bytes[length++] = (byte)(char.IsAscii(target[i]) ? target[i] : '?');
            }
        }

        return length;
    }
}
