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

    public Task<int> EndAllAsync(long userId, string reason, string? except, CancellationToken cancellationToken) =>
        AnnounceAsync(userId, reason, db.Database.SqlQuery<string>($"""
            update identity.sessions set ended_at = {clock.Now()}, end_reason = {reason}
            where user_id = {userId} and ended_at is null and id is distinct from {except} returning id as "Value"
            """), cancellationToken);

    /// <summary>Nothing if it is not the user's or has ended already.</summary>
    public Task<int> EndAsync(string sessionId, long userId, string reason, CancellationToken cancellationToken) =>
        AnnounceAsync(userId, reason, db.Database.SqlQuery<string>($"""
            update identity.sessions set ended_at = {clock.Now()}, end_reason = {reason}
            where id = {sessionId} and user_id = {userId} and ended_at is null returning id as "Value"
            """), cancellationToken);

    private async Task<int> AnnounceAsync(long userId, string reason, IQueryable<string> update, CancellationToken cancellationToken)
    {
        if (!session.InTransaction)
            throw new InvalidOperationException("Sessions end in the transaction of what ends them.");
        var ids = await update.ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return 0;
        await audit.RecordAsync(IdentityAudit.SessionsEnded, userId, null, new { reason, sessions = ids.Count }, cancellationToken);
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
