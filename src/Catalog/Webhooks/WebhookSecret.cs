using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Settings;

namespace Maydon.Catalog.Webhooks;

/// <summary>
/// What a receiver knows deliveries by: a name that scanners for leaked secrets know, and 256 random bits. Told when it is made, then kept sealed: it must be
/// there to sign with, but not for whoever has a copy of the database.
/// </summary>
internal sealed class WebhookSecret
{
    private const string Start = "maydon_whsec_";

    public WebhookSecret(string value) => Value = value;

    public string Value { get; }

    public static WebhookSecret Make() => new(Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>The header that goes with a body sent now: <c>t=&lt;unix&gt;,v1=&lt;hex&gt;</c>.</summary>
    public string Sign(DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Value));
        mac.AppendData(Encoding.UTF8.GetBytes($"{time}."));
        mac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(mac.GetHashAndReset())}";
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => Start;
}

internal sealed class WebhookSecretSeal(MaydonSettings settings)
{
    private readonly byte[] _key = DerivedKey.Of(settings, "maydon.catalog", "webhook secrets");

    public byte[] Seal(WebhookSecret secret, long webhookId) => Sealing.Seal(_key, Encoding.UTF8.GetBytes(secret.Value), Owner(webhookId));

    /// <summary>Null when <c>SECRET_KEY</c> is another since.</summary>
    public WebhookSecret? Open(byte[] bytes, long webhookId) => Sealing.Open(_key, bytes, Owner(webhookId)) is { } value ? new(Encoding.UTF8.GetString(value)) : null;

    private static string Owner(long webhookId) => webhookId.ToString(CultureInfo.InvariantCulture);
}
