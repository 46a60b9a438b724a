using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Guests;

/// <summary>
/// The cookie by which a browser is known that nobody is signed in on: a random secret and its signature, so that nobody is known by a
/// value that was not made here. Nothing stores the secret: the hash is all that carts and orders know.
/// </summary>
internal sealed class GuestCookie(MaydonSettings settings)
{
    public const string Name = "maydon_guest";
    private const int SecretBytes = 32;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(365);

    private readonly byte[] _key = DerivedKey.Of(settings, "maydon.kernel", "guest cookie");

    private readonly CookieOptions _options = new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = !settings.Debug,
        Path = "/",
        MaxAge = s_lifetime,
        IsEssential = true,
    };

    /// <summary>Null without one, and for one that is forged or garbled.</summary>
    public byte[]? ReadHash(HttpRequest request)
    {
        if (!request.Cookies.TryGetValue(Name, out var value) || value is null)
            return null;
        Span<byte> bytes = stackalloc byte[SecretBytes + HMACSHA256.HashSizeInBytes];
        if (Base64Url.DecodeFromChars(value, bytes, out var read, out var length) != OperationStatus.Done || read != value.Length || length != bytes.Length)
            return null;
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes[..SecretBytes], signature);
        return CryptographicOperations.FixedTimeEquals(signature, bytes[SecretBytes..]) ? SHA256.HashData(bytes[..SecretBytes]) : null;
    }

    /// <summary>A new guest: what the cookie says, and the hash that stands for it.</summary>
    public (string Value, byte[] Hash) Make()
    {
        Span<byte> bytes = stackalloc byte[SecretBytes + HMACSHA256.HashSizeInBytes];
        RandomNumberGenerator.Fill(bytes[..SecretBytes]);
        HMACSHA256.HashData(_key, bytes[..SecretBytes], bytes[SecretBytes..]);
        return (Base64Url.EncodeToString(bytes), SHA256.HashData(bytes[..SecretBytes]));
    }

    public void Give(HttpResponse response, string value) => response.Cookies.Append(Name, value, _options);
}
