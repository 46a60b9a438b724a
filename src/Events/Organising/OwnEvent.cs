using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events.Organising;

/// <summary>An event that the caller may write, or why not.</summary>
internal sealed record OwnEvent(Event? Event, Problem? Refusal)
{
    /// <summary>As it stands, and nothing locked: whoever may not write it, or only writes nonsense, keeps nobody waiting.</summary>
    public static async Task<OwnEvent> FindAsync(EventsDbContext db, CurrentUser user, long id, CancellationToken cancellationToken) =>
        Judge(await db.Set<Event>().AsNoTracking().SingleOrDefaultAsync(found => found.Id == id, cancellationToken), user);

    /// <summary>
    /// Inside the use case's transaction, after <see cref="FindAsync"/>: locked with its seats. The pool comes first, as it does for the
    /// claim writer: so the two never wait for each other.
    /// </summary>
    public static async Task<(OwnEvent Own, PoolLevel Seats)> LockAsync(EventsDbContext db, DbSession session, CurrentUser user, long id, CancellationToken cancellationToken)
    {
        var seats = await Pools.LockAsync(session.Connection, SeatsOf(id), cancellationToken)
            ?? throw new InvalidOperationException($"Event {id} has no pool of seats.");
        // NO KEY: registrations that refer to the event are not held up by it. It may have been deleted since it was looked at.
        var found = await db.Set<Event>()
            .FromSql($"select * from events.events where id = {id} and deleted_at is null for no key update")
            .IgnoreQueryFilters()
            .ToListAsync(cancellationToken);
        return (Judge(found.SingleOrDefault(), user), seats);
    }

    public static PoolKey SeatsOf(long id) => new(Organising.Event.PoolKind, id);

    private static OwnEvent Judge(Event? found, CurrentUser user)
    {
        if (found is null)
            return new OwnEvent(Event: null, Problem.NotFound("event_not_found"));
        return found.CreatedBy == user.Id || user.IsStaff ? new OwnEvent(found, Refusal: null) : new OwnEvent(Event: null, Problem.Forbidden());
    }
}
