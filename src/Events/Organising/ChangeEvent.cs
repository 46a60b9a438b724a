using Maydon.Events.Caching;
using Maydon.Events.Mails;
using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;

namespace Maydon.Events.Organising;

/// <summary>
/// Changes an event and tells those who are registered when its time or place changed. Null when done, or why not.
/// </summary>
internal sealed class ChangeEvent(EventsDbContext db, DbSession session, CurrentUser user, EventStamps stamps, TimeProvider clock)
{
    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<Problem?> ExecuteAsync(long id, EventFields fields, bool replace, CancellationToken cancellationToken)
    {
        var (seen, refusal) = await OwnEvent.FindAsync(db, user, id, cancellationToken);
        if (seen is null)
            return refusal;
        if (Merge(seen.Terms).Check(fields) is { Count: > 0 } wrong)
            return Problem.Invalid(wrong);

        await using var transaction = await session.BeginAsync(cancellationToken);
        var ((own, gone), seats) = await OwnEvent.LockAsync(db, session, user, id, cancellationToken);
        if (own is null)
            return gone;
        var before = own.Terms;
        var terms = Merge(before);
        // Somebody else may have changed it since it was looked at.
        if (terms.Check(fields) is { Count: > 0 } errors)
            return Problem.Invalid(errors);

        if (replace || fields.IsSent(nameof(fields.Capacity)))
        {
            var change = await Pools.SetCapacityAsync(session.Connection, OwnEvent.SeatsOf(id), fields.Capacity, cancellationToken);
            if (!change.Changed)
                return Problem.Conflict("capacity_below_taken", seats.Taken);
        }

        var now = clock.Now();
        var moved = own.Change(terms, now);
        await db.SaveChangesAsync(cancellationToken);
        if (moved && own.EndsAt >= now)
            await EventMailQueue.AddChangedAsync(session.Connection, id, before.ToPlan(), own.Notice, now, cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;

        EventTerms Merge(EventTerms current) => (replace ? new EventTerms() : current).With(fields);
    }
}
