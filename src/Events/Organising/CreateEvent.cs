using System.Runtime.InteropServices;
using Maydon.Events.Caching;
using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;

namespace Maydon.Events.Organising;

/// <summary>The id of the new event, or why there is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CreatedEvent(long Id, Problem? Refusal);

/// <summary>Makes an event and the pool of its seats.</summary>
internal sealed class CreateEvent(EventsDbContext db, DbSession session, EventStamps stamps, TimeProvider clock)
{
    public async Task<CreatedEvent> ExecuteAsync(EventFields fields, long organiser, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var terms = new EventTerms().With(fields);
        if (terms.Check(fields) is { Count: > 0 } errors)
            return new CreatedEvent(0, Problem.Invalid(errors));
        if (terms.StartsAt < now)
            return new CreatedEvent(0, Problem.Of(400, "past_event"));

        var created = Event.Create(terms, organiser, now);
        await using var transaction = await session.BeginAsync(cancellationToken);
        db.Add(created);
        await db.SaveChangesAsync(cancellationToken);
        await Pools.CreateAsync(session.Connection, new PoolKey(Event.PoolKind, created.Id), fields.Capacity, cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedEvent(created.Id, Refusal: null);
    }
}
