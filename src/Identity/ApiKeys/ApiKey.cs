using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Http;

namespace Maydon.Identity.ApiKeys;

/// <summary>A key that stands for its user, within its scopes. The key itself is told to whoever made it, and kept nowhere.</summary>
internal sealed class ApiKey
{
    public const int MaxName = 100;

    private ApiKey()
    {
    }

    public ApiKey(long userId, string name, ApiKeyText key, IEnumerable<string> scopes, DateTimeOffset now, DateTimeOffset? expires)
    {
        (UserId, Name, Prefix, Hash, CreatedAt, ExpiresAt) = (userId, FieldRules.Trimmed(name), key.Prefix, key.Hash, now, expires);
        Scopes = [.. scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public long Id { get; private set; }
    public long UserId { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>The beginning of the key: enough to tell which one lies where it should not.</summary>
    public string Prefix { get; private set; } = "";
    public byte[] Hash { get; private set; } = [];
    public string[] Scopes { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }
}

/// <summary>
/// The key as it is sent: a name by which scanners for leaked secrets know it, and 256 random bits. So many cannot be guessed from a hash, however quick: a
/// plain SHA-256 is enough, where a password, which people choose, needs a slow one.
/// </summary>
internal sealed record ApiKeyText(string Value)
{
    private const string Start = "maydon_";
    private const int SecretBytes = 32;
    private static readonly int s_length = Start.Length + Base64Url.GetEncodedLength(SecretBytes);

    public string Prefix => Value[..(Start.Length + 6)];

    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Value));

    public static ApiKeyText Make() => new(Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Null for what was never one of ours: that needs no look into the database.</summary>
    public static ApiKeyText? Parse(ReadOnlySpan<char> text) =>
        text.Length == s_length && text.StartsWith(Start, StringComparison.Ordinal) && Base64Url.IsValid(text[Start.Length..]) ? new(text.ToString()) : null;

    /// <summary>Never the key.</summary>
    public override string ToString() => Prefix;
}
