using System.Globalization;
using System.Security.Claims;
using Maydon.Kernel.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Maydon.Identity.Tokens;

/// <summary>A token whose signature, issuer and audience are right. It is alive only inside its times and while its session lasts.</summary>
internal sealed record VerifiedToken(string Type, string Id, long UserId, string SessionId, long NotBefore, long Expires, ClaimsPrincipal Principal)
{
    public const string LanguageClaim = "language";

    // What one node has just issued is shown to another whose clock may be a little behind.
    private const int ClockDifference = 5;

    /// <summary>It ends to the second, without leeway.</summary>
    public bool IsAlive(string type, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        return Type == type && NotBefore - ClockDifference <= seconds && seconds < Expires;
    }

    /// <summary>Null when a claim is missing or of the wrong kind: then it is not one of ours, whoever signed it.</summary>
    public static VerifiedToken? From(ClaimsIdentity identity, JsonWebToken token)
    {
        if (!token.TryGetPayloadValue<string>("token_type", out var type)
            || !token.TryGetPayloadValue<string>("jti", out var id)
            || !token.TryGetPayloadValue<string>(CurrentUser.SessionClaim, out var session)
            || !token.TryGetPayloadValue<string>(CurrentUser.IdClaim, out var userText)
            || !long.TryParse(userText, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            || !token.TryGetPayloadValue<long>("nbf", out var notBefore)
            || !token.TryGetPayloadValue<long>("exp", out var expires))
            return null;

        var claims = new ClaimsIdentity(BearerAuthentication.SchemeName, CurrentUser.IdClaim, CurrentUser.RoleClaim);
        claims.AddClaim(new Claim(CurrentUser.IdClaim, userText));
        claims.AddClaim(new Claim(CurrentUser.SessionClaim, session));
        foreach (var claim in identity.Claims)
        {
            if (claim.Type is CurrentUser.RoleClaim or LanguageClaim)
                claims.AddClaim(new Claim(claim.Type, claim.Value));
        }

        return new VerifiedToken(
            type, id, userId, session, notBefore, expires, new ClaimsPrincipal(claims));
    }
}
