using System.Security.Cryptography;
using System.Text;

namespace Maydon.Kernel.Settings;

/// <summary>Keeps from whoever only has the database what must be read again (AES-256-GCM): a code on its way, a secret to sign with.</summary>
public static class Sealing
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Nonce, tag, text. Bound to <paramref name="owner"/>, so that what belongs to one cannot be put in place of another's.</summary>
    /// <param name="key">Of <see cref="DerivedKey"/>.</param>
    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, string owner)
    {
        var bytes = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(bytes.AsSpan(0, NonceSize), plain, bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(owner));
        return bytes;
    }

    /// <summary>Null when it was sealed under another <c>SECRET_KEY</c> or for another owner.</summary>
    public static byte[]? Open(byte[] key, byte[] bytes, string owner)
    {
        var plain = new byte[bytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(owner));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return plain;
    }
}
