using Maydon.Events.Caching;
using Maydon.Events.Mails;
using Maydon.Events.Registrations;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;

namespace Maydon.Events.Organising;

/// <summary>
/// Cancels an event that is not over yet for everybody who is registered, tells them, and hides it. Of one that is over there is nothing
/// left to cancel: it is only hidden. Null when done, or why not.
/// </summary>
internal sealed class DeleteEvent(EventsDbContext db, DbSession session, CurrentUser user, EventStamps stamps, TimeProvider clock)
{
    public async Task<Problem?> ExecuteAsync(long id, CancellationToken cancellationToken)
    {
        var (seen, refusal) = await OwnEvent.FindAsync(db, user, id, cancellationToken);
        if (seen is null)
            return refusal;
        await using var transaction = await session.BeginAsync(cancellationToken);
        var ((own, gone), _) = await OwnEvent.LockAsync(db, session, user, id, cancellationToken);
        if (own is null)
            return gone;
        var now = clock.Now();
        if (own.EndsAt >= now)
        {
            await EventMailQueue.AddEventCancelledAsync(session.Connection, id, now, cancellationToken);
            await CancelRegistrations.OfEventAsync(session.Connection, id, now, cancellationToken);
        }

        own.Delete(now);
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
