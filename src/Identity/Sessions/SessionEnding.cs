using Maydon.Kernel.Persistence;
using Maydon.Kernel.Signals;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

internal static class EndReason
{
    public const string SignedOut = "signed_out";
    public const string SignedOutEverywhere = "signed_out_everywhere";
    public const string Revoked = "revoked";
    public const string PasswordChanged = "password_changed";
    public const string AccountChanged = "account_changed";
    public const string GroupChanged = "group_changed";
    public const string RefreshReused = "refresh_token_reused";
}

/// <summary>
/// Ends sessions in the caller's transaction: with its commit their refresh tokens are worth nothing, this node refuses their access
/// tokens, and the other nodes are told.
/// </summary>
internal sealed class SessionEnding(IdentityDb db, DbSession session, EndedSessions ended, IdentityAudit audit, TimeProvider clock)
{
    public const string Topic = "sessions-ended";

    // 22 characters each, in a payload of up to 7,000 bytes.
    private const int PerSignal = 300;

    // Many at once are locked in the order of their ids: two that end the same sessions at the same moment would else wait for each other.
    public Task<int> EndAllAsync(long userId, string reason, string? except, CancellationToken cancellationToken) =>
        AnnounceAsync(userId, count => new { reason, sessions = count }, db.Database.SqlQuery<string>($"""
            with going as (
                select id from identity.sessions where user_id = {userId} and ended_at is null and id is distinct from {except} order by id for update)
            update identity.sessions s set ended_at = {clock.Now()}, end_reason = {reason} from going where s.id = going.id returning s.id as "Value"
            """), cancellationToken);

    /// <summary>Those of all members, because what the group permits changes. Memberships are locked first: whoever takes somebody out of the group does so too.</summary>
    public Task<int> EndAllOfGroupAsync(long groupId, CancellationToken cancellationToken) =>
        AnnounceAsync(null, count => new { reason = EndReason.GroupChanged, sessions = count, group = groupId }, db.Database.SqlQuery<string>($"""
            with members as (
                select user_id from identity.user_groups where group_id = {groupId} order by user_id for update),
            going as (
                select id from identity.sessions where user_id in (select user_id from members) and ended_at is null order by id for update)
            update identity.sessions s set ended_at = {clock.Now()}, end_reason = {EndReason.GroupChanged} from going where s.id = going.id returning s.id as "Value"
            """), cancellationToken);

    /// <summary>Nothing if it is not the user's or has ended already.</summary>
    public Task<int> EndAsync(string sessionId, long userId, string reason, CancellationToken cancellationToken) =>
        AnnounceAsync(userId, count => new { reason, sessions = count }, db.Database.SqlQuery<string>($"""
            update identity.sessions set ended_at = {clock.Now()}, end_reason = {reason}
            where id = {sessionId} and user_id = {userId} and ended_at is null returning id as "Value"
            """), cancellationToken);

    private async Task<int> AnnounceAsync(long? userId, Func<int, object> details, IQueryable<string> update, CancellationToken cancellationToken)
    {
        if (!session.InTransaction)
            throw new InvalidOperationException("Sessions end in the transaction of what ends them.");
        var ids = await update.ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return 0;
        await audit.RecordAsync(IdentityAudit.SessionsEnded, userId, null, details(ids.Count), cancellationToken);
        foreach (var chunk in ids.Chunk(PerSignal))
            await ClusterSignals.SendAsync(session.Connection, Topic, string.Join(',', chunk), cancellationToken);
        var now = clock.Now();
        session.AfterCommit(() =>
        {
            foreach (var id in ids)
                ended.Add(id, now);
        });
        return ids.Count;
    }
}
