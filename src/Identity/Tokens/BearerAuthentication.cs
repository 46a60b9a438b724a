using System.Text.Encodings.Web;
using Maydon.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Maydon.Identity.Tokens;

/// <summary>On endpoints that exist to get a new token: there a stale one in the header, or a key, is no reason to refuse.</summary>
internal sealed class IgnoresBearerToken;

/// <summary>
/// <c>Authorization: Bearer</c>. No database read: the token says who it is, and this node knows which sessions have ended.
/// A token that is not valid is a failure, which the kernel refuses before the endpoint, public or not.
/// </summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessTokens tokens, EndedSessions ended, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    private static readonly Task<AuthenticateResult> s_noToken = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<AuthenticateResult> s_notValid = Task.FromResult(AuthenticateResult.Fail("The bearer token is not valid."));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0 || Context.GetEndpoint()?.Metadata.GetMetadata<IgnoresBearerToken>() is not null)
            return s_noToken;
        if (header.Count > 1)
            return s_notValid;
        var value = header[0]!;
        if (!value.StartsWith(SchemeName, StringComparison.OrdinalIgnoreCase) || (value.Length > SchemeName.Length && value[SchemeName.Length] != ' '))
            return s_noToken;
        var token = tokens.Read(value.AsSpan(SchemeName.Length).Trim());
        return token is not null && token.IsAlive(AccessTokens.AccessType, clock.GetUtcNow()) && !ended.Contains(token.SessionId)
            ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(token.Principal, SchemeName)))
            : s_notValid;
    }
}
