using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;

namespace Maydon.Identity.Tokens;

/// <summary>Whom a token is for. Roles as they go into it: the account's own plus staff and superuser; permissions in the spelling of <see cref="PermissionClaim"/>.</summary>
internal sealed record TokenSubject(long UserId, IReadOnlyList<string> Roles, string Language, string Permissions = "");

/// <summary>
/// Signs tokens, and says what a token that was presented is worth. It does not know which sessions have ended. JSON Web Tokens
/// (RFC 7519) with one header and one algorithm, HS256: nothing in a token chooses how it is checked (docs/decisions/0018).
/// </summary>
internal sealed class AccessTokens(DerivedKeys keys, MaydonSettings settings, TimeProvider clock)
{
    public const string AccessType = "access";
    public const string RefreshType = "refresh";

    /// <summary>Nothing issued here comes near this.</summary>
    public const int MaxLength = 4096;
    private const string Name = "maydon";

    // {"alg":"HS256","typ":"JWT"}
    private const string Header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

    private static readonly int s_signatureLength = Base64Url.GetEncodedLength(HMACSHA256.HashSizeInBytes);

    public string Issue(TokenSubject subject, string sessionId) => Sign(subject, sessionId, AccessType, NewId(), settings.AccessTokenLifetime);

    /// <param name="id">The <c>jti</c>: random, and all that the server remembers of the token, as a hash.</param>
    public string IssueRefresh(TokenSubject subject, string sessionId, string id) => Sign(subject, sessionId, RefreshType, id, settings.RefreshTokenLifetime);

    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>What the token says if it was signed here; null if not. Whether it is still alive is the caller's question.</summary>
    public VerifiedToken? Read(ReadOnlySpan<char> token)
    {
        if (token.Length > MaxLength || !token.StartsWith(Header, StringComparison.Ordinal))
            return null;
        Span<byte> text = stackalloc byte[token.Length];
        if (!Encoding.UTF8.TryGetBytes(token, text, out _))
            return null; // Longer than its characters, so not ASCII.
        var end = text.Length - s_signatureLength - 1;
        if (end < Header.Length || text[end] != '.')
            return null;
        Span<byte> signature = stackalloc byte[s_signatureLength];
        WriteSignature(text[..end], signature);
        // As text: bytes have more than one spelling in Base64.
        return CryptographicOperations.FixedTimeEquals(signature, text[(end + 1)..]) ? Parse(text[Header.Length..end]) : null;
    }

    /// <summary>Null when a claim is missing or of the wrong kind: then it is not one of ours, whoever has the key.</summary>
    private static VerifiedToken? Parse(Span<byte> payload)
    {
        try
        {
            var length = Base64Url.DecodeFromUtf8InPlace(payload);
            return JsonSerializer.Deserialize(payload[..length], TokenClaimsJson.Default.TokenClaims) is { Issuer: Name, Audience: Name } claims ? VerifiedToken.From(claims) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private string Sign(TokenSubject subject, string sessionId, string type, string id, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new TokenClaims
        {
            Issuer = Name,
            Audience = Name,
            Type = type,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + (long)lifetime.TotalSeconds,
            Id = id,
            UserId = subject.UserId.ToString(CultureInfo.InvariantCulture),
            SessionId = sessionId,
            Roles = subject.Roles,
            Language = subject.Language,
            Permissions = subject.Permissions.Length == 0 ? null : subject.Permissions,
        };
        var signed = Header + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, TokenClaimsJson.Default.TokenClaims));
        Span<byte> signature = stackalloc byte[s_signatureLength];
        WriteSignature(Encoding.ASCII.GetBytes(signed), signature);
        return $"{signed}.{Encoding.ASCII.GetString(signature)}";
    }

    private void WriteSignature(ReadOnlySpan<byte> signed, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keys.TokenSigning, signed, hash);
        Base64Url.EncodeToUtf8(hash, signature);
    }
}

/// <summary>The claims as they stand in a token.</summary>
internal sealed record TokenClaims
{
    [JsonPropertyName("iss")]
    public required string Issuer { get; init; }

    [JsonPropertyName("aud")]
    public required string Audience { get; init; }

    [JsonPropertyName("token_type")]
    public required string Type { get; init; }

    [JsonPropertyName("iat")]
    public required long IssuedAt { get; init; }

    [JsonPropertyName("nbf")]
    public required long NotBefore { get; init; }

    [JsonPropertyName("exp")]
    public required long Expires { get; init; }

    [JsonPropertyName("jti")]
    public required string Id { get; init; }

    [JsonPropertyName(CurrentUser.IdClaim)]
    public required string UserId { get; init; }

    [JsonPropertyName(CurrentUser.SessionClaim)]
    public required string SessionId { get; init; }

    [JsonPropertyName(CurrentUser.RoleClaim)]
    public required IReadOnlyList<string> Roles { get; init; }

    [JsonPropertyName(VerifiedToken.LanguageClaim)]
    public required string Language { get; init; }

    /// <summary>Left out where there are none, which is nearly everywhere.</summary>
    [JsonPropertyName(PermissionClaim.Type), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Permissions { get; init; }
}

[JsonSerializable(typeof(TokenClaims))]
[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
internal sealed partial class TokenClaimsJson : JsonSerializerContext;
