using System.Globalization;
using System.Security.Claims;
using Maydon.Kernel.Http;

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

    public static VerifiedToken? From(TokenClaims token)
    {
        if (!long.TryParse(token.UserId, NumberStyles.None, CultureInfo.InvariantCulture, out var userId) || token.Roles.Any(role => role is null))
            return null;
        var identity = new ClaimsIdentity(BearerAuthentication.SchemeName, CurrentUser.IdClaim, CurrentUser.RoleClaim);
        identity.AddClaim(new Claim(CurrentUser.IdClaim, token.UserId));
        identity.AddClaim(new Claim(CurrentUser.SessionClaim, token.SessionId));
        identity.AddClaim(new Claim(LanguageClaim, token.Language));
        if (token.Permissions is { } permissions)
            identity.AddClaim(new Claim(PermissionClaim.Type, permissions));
        foreach (var role in token.Roles)
            identity.AddClaim(new Claim(CurrentUser.RoleClaim, role));
        return new VerifiedToken(token.Type, token.Id, userId, token.SessionId, token.NotBefore, token.Expires, new ClaimsPrincipal(identity));
    }
}
