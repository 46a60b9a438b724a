using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>
/// Whether a webhook was sent by whoever has our secret, and just now: <c>Stripe-Signature: t=…,v1=…</c> is the HMAC-SHA256 of time and raw
/// body (https://docs.stripe.com/webhooks#verify-manually). While a secret is being replaced there are several <c>v1</c>; any of them will do.
/// </summary>
internal static class StripeSignature
{
    /// <summary>Both ways: a sender's clock may be ahead.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    // Stripe sends one or two.
    private const int MostSignatures = 16;
    private const int LongestHeader = 4096;

    public static bool IsSound(string? header, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        if (header is null || header.Length > LongestHeader || Read(header) is not ({ } time, { Count: > 0 } signatures))
            return false;
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeMilliseconds() / 1000 - seconds) > (decimal)Tolerance.TotalSeconds)
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using (var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret)))
        {
            hmac.AppendData(Encoding.UTF8.GetBytes($"{time}."));
            hmac.AppendData(body);
            hmac.GetHashAndReset(expected);
        }

        var isSound = false;
        foreach (var signature in signatures)
            isSound |= Convert.FromHexString(signature) is var given && CryptographicOperations.FixedTimeEquals(given, expected);
        return isSound;
    }

    /// <summary>Other schemes (<c>v0</c>) are for tests of Stripe's and are not looked at: else a forger could choose the weakest.</summary>
    private static (string? Time, List<string> Signatures) Read(string header)
    {
        string? time = null;
        var signatures = new List<string>();
        foreach (var element in header.Split(','))
        {
            var (name, value) = element.Split('=', 2) is [var left, var right] ? (left.Trim(), right.Trim()) : ("", "");
            if (name == "t")
                time ??= value;
            else if (name == "v1" && signatures.Count < MostSignatures && value.Length == 2 * HMACSHA256.HashSizeInBytes && value.All(char.IsAsciiHexDigit))
                signatures.Add(value);
        }

        return (time, signatures);
    }
}
