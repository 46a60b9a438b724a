using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Maydon.Identity.Tokens;

/// <summary>
/// Remembers tokens whose signature was right, by their hash, because checking one costs several times what the rest of authentication does.
/// Only that is remembered: times and ended sessions are judged anew on every request. Two generations bound it.
/// </summary>
internal sealed class TokenReader(AccessTokens tokens)
{
    private const int Generation = 16_384;
    private readonly Lock _turning = new();
    private ConcurrentDictionary<UInt256, VerifiedToken> _young = new();
    private ConcurrentDictionary<UInt256, VerifiedToken> _old = new();
    private int _count;

    public VerifiedToken? Read(ReadOnlySpan<char> token)
    {
        if (token.IsEmpty || token.Length > AccessTokens.MaxLength)
            return null;
        Span<byte> bytes = stackalloc byte[AccessTokens.MaxLength];
        // Anything but ASCII is no token; the length alone says so.
        if (Encoding.UTF8.GetByteCount(token) != token.Length)
            return null;
        var hash = UInt256.Hash(bytes[..Encoding.UTF8.GetBytes(token, bytes)]);
        if (_young.TryGetValue(hash, out var known) || _old.TryGetValue(hash, out known))
            return known;
        if (tokens.Read(token.ToString()) is not { } verified)
            return null;
        Remember(hash, verified);
        return verified;
    }

    private void Remember(UInt256 hash, VerifiedToken token)
    {
        if (_young.TryAdd(hash, token) && Interlocked.Increment(ref _count) >= Generation)
        {
            lock (_turning)
            {
                if (_count < Generation)
                    return;
                (_old, _young, _count) = (_young, new(), 0);
            }
        }
    }

    /// <summary>A SHA-256 as a dictionary key without an allocation.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct UInt256(UInt128 High, UInt128 Low)
    {
        public static UInt256 Hash(ReadOnlySpan<byte> text)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text, hash);
            return new(BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
        }
    }
}
