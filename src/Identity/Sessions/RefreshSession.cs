using Maydon.Identity.Accounts;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

/// <summary>
/// Gives new tokens for a refresh token, once. The session's row is locked, so of two at once exactly one wins. An old token in use
/// means that somebody has a copy: the session ends, except within the seconds in which a second tab may just have been slower.
/// </summary>
internal sealed class RefreshSession(IdentityDb db, DbSession session, AccessTokens tokens, SessionTokens sessions, SessionEnding ending, TimeProvider clock)
{
    private static readonly TimeSpan s_secondTab = TimeSpan.FromSeconds(10);

    /// <summary>Null: the token is not valid.</summary>
    public async Task<TokenPair?> ExecuteAsync(string refresh, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        if (tokens.Read(refresh) is not { } token || !token.IsAlive(AccessTokens.RefreshType, now))
            return null;
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(token, now, cancellationToken) is not { } user)
            return null;
        var hash = SessionTokens.HashOf(token.Id);
        if (await RotateAsync(hash, token, now, cancellationToken))
        {
            var pair = await sessions.ContinueAsync(user, token.SessionId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return pair;
        }

        if (!await WasRotatedSinceAsync(hash, now - s_secondTab, cancellationToken))
            await ending.EndAsync(token.SessionId, user.Id, EndReason.RefreshReused, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Whether a refresh token could still be used; changes nothing.</summary>
    public Task<bool> IsLiveAsync(VerifiedToken token, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        return db.Database.SqlQuery<string>($"""
            select s.id as "Value" from identity.refresh_tokens r join identity.sessions s on s.id = r.session_id join identity.users u on u.id = s.user_id
            where r.hash = {SessionTokens.HashOf(token.Id)} and r.rotated_at is null and r.expires_at > {now} and s.ended_at is null and u.is_active
            """).AnyAsync(cancellationToken);
    }

    /// <summary>The owner, as they are now, if the session goes on; its row stays locked until the end of the transaction.</summary>
    private async Task<User?> LockAsync(VerifiedToken token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var locked = await db.Database.SqlQuery<long>($"""
            select user_id as "Value" from identity.sessions
            where id = {token.SessionId} and user_id = {token.UserId} and ended_at is null and expires_at > {now} for update
            """).ToListAsync(cancellationToken);
        return locked is [var userId] ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId && user.IsActive, cancellationToken) : null;
    }

    private async Task<bool> RotateAsync(byte[] hash, VerifiedToken token, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            update identity.refresh_tokens set rotated_at = {now} where hash = {hash} and session_id = {token.SessionId} and rotated_at is null
            """, cancellationToken) == 1;

    private Task<bool> WasRotatedSinceAsync(byte[] hash, DateTimeOffset since, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<DateTimeOffset?>($"""select rotated_at as "Value" from identity.refresh_tokens where hash = {hash} and rotated_at >= {since}""").AnyAsync(cancellationToken);
}
