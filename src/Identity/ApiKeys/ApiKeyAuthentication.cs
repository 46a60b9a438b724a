using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Maydon.Identity.ApiKeys;

/// <summary>
/// <c>Authorization: Api-Key</c>. One indexed read says who it is and what they may at this moment, so that a revoked key, a changed group and a
/// deactivated user count at once on every node. Roles are not carried: a superuser's key has its scopes and no more.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, NpgsqlDataSource database, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = CurrentUser.ByApiKey;

    private const string Find = """
        select k.id, k.user_id, u.language,
            case when u.is_superuser then k.scopes else array (
                select scope from unnest(k.scopes) scope
                where exists (
                    select from identity.user_groups m join identity.groups g on g.id = m.group_id
                    where m.user_id = k.user_id and scope = any (g.permissions))) end,
            (k.last_used_at > $2 - interval '1 minute') is not true
        from identity.api_keys k join identity.users u on u.id = k.user_id
        where k.hash = $1 and k.revoked_at is null and (k.expires_at > $2) is not false and u.is_active
        """;

    // Asked again: of all the requests that find it due in the same moment, one writes.
    private const string Use = "update identity.api_keys set last_used_at = $2 where id = $1 and (last_used_at > $2 - interval '1 minute') is not true";

    /// <summary>Whether these credentials are for this scheme; then another one need not look at them.</summary>
    public static bool IsFor(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(SchemeName, StringComparison.OrdinalIgnoreCase)
        && (value.Length == SchemeName.Length || value[SchemeName.Length] == ' ')
        && request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IgnoresBearerToken>() is null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        ApiKeyText.Parse(Request.Headers.Authorization.ToString().AsSpan(SchemeName.Length).Trim()) is { } key && await FindAsync(key, Context.RequestAborted) is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(caller), SchemeName))
            : AuthenticateResult.Fail("The API key is not valid.");

    private async Task<ClaimsIdentity?> FindAsync(ApiKeyText key, CancellationToken cancellationToken)
    {
        var now = clock.Now().UtcDateTime;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var find = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = key.Hash }, new() { Value = now } } };
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var id = reader.GetInt64(0);
        var caller = new ClaimsIdentity(SchemeName, CurrentUser.IdClaim, CurrentUser.RoleClaim);
        caller.AddClaim(new Claim(CurrentUser.IdClaim, reader.GetInt64(1).ToString(CultureInfo.InvariantCulture)));
        caller.AddClaim(new Claim(VerifiedToken.LanguageClaim, reader.GetString(2)));
        caller.AddClaim(new Claim(PermissionClaim.Type, PermissionClaim.ValueOf(reader.GetFieldValue<string[]>(3))));
        if (reader.GetBoolean(4))
        {
            await reader.CloseAsync();
            await using var use = new NpgsqlCommand(Use, connection) { Parameters = { new() { Value = id }, new() { Value = now } } };
            await use.ExecuteNonQueryAsync(cancellationToken);
        }

        return caller;
    }
}
