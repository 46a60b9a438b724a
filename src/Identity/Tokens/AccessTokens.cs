using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Maydon.Identity.Tokens;

/// <summary>Whom a token is for. Roles as they go into it: the account's own plus staff and superuser.</summary>
internal sealed record TokenSubject(long UserId, IReadOnlyList<string> Roles, string Language);

/// <summary>Signs tokens, and says what a token that was presented is worth. It does not know which sessions have ended.</summary>
internal sealed class AccessTokens(DerivedKeys keys, MaydonSettings settings, TimeProvider clock)
{
    public const string AccessType = "access";
    public const string RefreshType = "refresh";

    /// <summary>Nothing issued here comes near this, and the library's work grows with the length.</summary>
    public const int MaxLength = 4096;
    private const string Name = "maydon";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _signing = new(new SymmetricSecurityKey(keys.TokenSigning), SecurityAlgorithms.HmacSha256);
    private readonly TokenValidationParameters _rules = new()
    {
        ValidIssuer = Name,
        ValidAudience = Name,
        IssuerSigningKey = new SymmetricSecurityKey(keys.TokenSigning),
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        // Judged below, by the server's own clock and without leeway.
        ValidateLifetime = false,
    };

    public string Issue(TokenSubject subject, string sessionId) => Sign(subject, sessionId, AccessType, NewId(), settings.AccessTokenLifetime);

    /// <param name="id">The <c>jti</c>: random, and all that the server remembers of the token, as a hash.</param>
    public string IssueRefresh(TokenSubject subject, string sessionId, string id) => Sign(subject, sessionId, RefreshType, id, settings.RefreshTokenLifetime);

    public static string NewId() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));

    /// <summary>What the token says if it was signed here; null if not. Whether it is still alive is the caller's question.</summary>
    public VerifiedToken? Read(string token)
    {
        if (token.Length > MaxLength)
            return null;
        var result = _handler.ValidateToken(token, _rules);
        // The library would let the token choose among the algorithms that fit the key.
        return result.IsValid && result.SecurityToken is JsonWebToken { Alg: SecurityAlgorithms.HmacSha256 } jwt
            ? VerifiedToken.From(result.ClaimsIdentity, jwt)
            : null;
    }

    private string Sign(TokenSubject subject, string sessionId, string type, string id, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Name,
            ["aud"] = Name,
            ["token_type"] = type,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + (long)lifetime.TotalSeconds,
            ["jti"] = id,
            [CurrentUser.IdClaim] = subject.UserId.ToString(CultureInfo.InvariantCulture),
            [CurrentUser.SessionClaim] = sessionId,
            [CurrentUser.RoleClaim] = subject.Roles,
            [VerifiedToken.LanguageClaim] = subject.Language,
        };
        return _handler.CreateToken(JsonSerializer.Serialize(claims), _signing);
    }
}
