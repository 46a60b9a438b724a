using Maydon.Identity.Groups;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.ApiKeys;

/// <summary>Makes keys and revokes them. Nothing else of a key is ever changed.</summary>
internal sealed class WriteApiKey(IdentityDb db, DbSession session, KnownPermissions known, IdentityAudit audit, TimeProvider clock)
{
    /// <param name="scopes">Null: all that the user may now.</param>
    /// <param name="actorId">Null for a command.</param>
    public async Task<(ApiKey? Key, ApiKeyText? Text, Problem? Refusal)> CreateAsync(
        long userId, string name, IReadOnlyList<string>? scopes, DateTimeOffset? expires, long? actorId, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        if (expires <= now)
            return (null, null, Problem.Invalid("expires_at", "expires_in_past"));
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await db.LockUserAsync(userId, cancellationToken) is not { } user)
            return (null, null, Problem.Invalid("user_id", "user_not_found"));
        var held = user.IsSuperuser ? known.All : [.. await db.GrantedAsync(user.Id, cancellationToken)];
        var chosen = scopes ?? held;
        if (chosen.Count == 0)
            return (null, null, Problem.Invalid("scopes", scopes is null ? "no_scopes" : "required"));
        // One that would do less than it says is a mistake that is better seen now.
        if (chosen.Except(held, StringComparer.Ordinal).Any())
            return (null, null, Problem.Invalid("scopes", "scope_not_held", string.Join(", ", held.Order(StringComparer.Ordinal))));
        var text = ApiKeyText.Make();
        var key = new ApiKey(user.Id, name, text, chosen, now, expires);
        await RevokeExpiredAsync(key, now, actorId, cancellationToken);
        db.ApiKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.ApiKeyCreated, user.Id, actorId, new { key.Id, key.Name, key.Scopes, key.ExpiresAt }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (key, text, null);
    }

    /// <summary>One that has expired keeps its name from nobody.</summary>
    private async Task RevokeExpiredAsync(ApiKey namesake, DateTimeOffset now, long? actorId, CancellationToken cancellationToken)
    {
        var revoked = await db.Database.SqlQuery<long>($"""
            update identity.api_keys set revoked_at = {now}
            where user_id = {namesake.UserId} and name = {namesake.Name} and revoked_at is null and expires_at <= {now} returning id as "Value"
            """).ToListAsync(cancellationToken);
        foreach (var id in revoked)
            await audit.RecordAsync(IdentityAudit.ApiKeyRevoked, namesake.UserId, actorId, new { id }, cancellationToken);
    }

    /// <summary>The next request with it is refused, on every node.</summary>
    public async Task<Problem?> RevokeAsync(long id, long? actorId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var owners = await db.Database.SqlQuery<long>($"""
            update identity.api_keys set revoked_at = greatest({clock.Now()}, created_at) where id = {id} and revoked_at is null returning user_id as "Value"
            """).ToListAsync(cancellationToken);
        if (owners is not [var userId])
            return Problem.NotFound("api_key_not_found");
        await audit.RecordAsync(IdentityAudit.ApiKeyRevoked, userId, actorId, new { id }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
