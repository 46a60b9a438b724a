using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events.Organising;

/// <summary>An event that the caller may write, locked with its seats; or why not.</summary>
internal sealed record OwnEvent(Event? Event, PoolLevel Seats, Problem? Refusal)
{
    /// <summary>Inside the use case's transaction. The pool comes first, as it does for the claim writer: so the two never wait for each other.</summary>
    public static async Task<OwnEvent> LockAsync(EventsDbContext db, DbSession session, CurrentUser user, long id, CancellationToken cancellationToken)
    {
        var seats = await Pools.LockAsync(session.Connection, SeatsOf(id), cancellationToken);
        // NO KEY: registrations that refer to the event are not held up by it.
        var found = await db.Set<Event>()
            .FromSql($"select * from events.events where id = {id} and deleted_at is null for no key update")
            .IgnoreQueryFilters()
            .ToListAsync(cancellationToken);
        if (found is not [var own] || seats is null)
            return new OwnEvent(Event: null, default, Problem.NotFound("event_not_found"));
        return own.CreatedBy == user.Id || user.IsStaff
            ? new OwnEvent(own, seats.Value, Refusal: null)
            : new OwnEvent(Event: null, default, Problem.Forbidden());
    }

    public static PoolKey SeatsOf(long id) => new(Organising.Event.PoolKind, id);
}
