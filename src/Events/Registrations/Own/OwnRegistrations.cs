using Maydon.Events.Browsing;
using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events.Registrations.Own;

/// <summary>A registration with its event and its person, as their owner may see them.</summary>
internal sealed record OwnRegistration(RegistrationState Registration, EventRow Event, PoolLevel Seats, string? Email)
{
    /// <summary>Whoever has a seat may join.</summary>
    public EventDetails ToDetails(DateTimeOffset now) => Event.ToDetails(Seats, now, mayJoin: Registration.HasSeat);
}

/// <summary>What people read of their own registrations. Deleted events are still shown to those who had registered.</summary>
internal sealed class OwnRegistrations(EventsDbContext db, DbSession session, TimeProvider clock)
{
    /// <summary>A page in the order in which it matters: what comes next, what was last, or what was made last. Null when there is no such page.</summary>
    /// <param name="statuses">Null for all.</param>
    public async Task<Page<T>?> PageAsync<T>(
        long userId, IReadOnlyList<string>? statuses, EnrollmentQuery query, Func<OwnRegistration, DateTimeOffset, T> toItem, HttpRequest request, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var rows = Rows(userId);
        if (statuses is not null)
            rows = rows.Where(row => statuses.Contains(row.Registration.Status));
        rows = query.Type switch
        {
            EnrollmentQuery.Upcoming => rows.Where(row => row.Event.StartsAt > now).OrderBy(row => row.Event.StartsAt).ThenBy(row => row.Registration.Id),
            EnrollmentQuery.Past => rows.Where(row => row.Event.EndsAt < now).OrderByDescending(row => row.Event.StartsAt).ThenByDescending(row => row.Registration.Id),
            // Not by id alone: nodes hand ids out of blocks of their own.
            _ => rows.OrderByDescending(row => row.Registration.CreatedAt).ThenByDescending(row => row.Registration.Id),
        };
        var count = await rows.LongCountAsync(cancellationToken);
        if (query.Check(count) is not null)
            return null;
        var found = await LoadAsync(rows.Skip((int)query.Offset).Take(query.Size), cancellationToken);
        return query.ToPage(request, count, found.ConvertAll(row => toItem(row, now)));
    }

    /// <summary>One's own registration, whatever its state; null when it is not there or somebody else's.</summary>
    public async Task<OwnRegistration?> FindAsync(long id, long userId, CancellationToken cancellationToken) =>
        (await LoadAsync(Rows(userId).Where(row => row.Registration.Id == id), cancellationToken)).SingleOrDefault();

    /// <summary>The event and the address of the person, before there is a registration; null when there is no such event.</summary>
    public async Task<(EventRow Event, string? Email)?> FindEventAsync(long eventId, long userId, CancellationToken cancellationToken)
    {
        var found = await (
            from known in db.Set<Event>().AsNoTracking().Where(known => known.Id == eventId)
            join organiser in db.Set<Person>() on known.CreatedBy equals organiser.Id
            from person in db.Set<Person>().Where(person => person.Id == userId)
            select new { Event = known, person.Email, Organiser = organiser.Email }).SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : (EventRow.From(found.Event, found.Organiser), found.Email);
    }

    private IQueryable<Row> Rows(long userId) =>
        from registration in db.Set<Registration>().AsNoTracking().Where(registration => registration.UserId == userId)
        join known in db.Set<Event>().AsNoTracking().IgnoreQueryFilters() on registration.EventId equals known.Id
        select new Row { Registration = registration, Event = known };

    private async Task<List<OwnRegistration>> LoadAsync(IQueryable<Row> rows, CancellationToken cancellationToken)
    {
        var found = await (
            from row in rows
            join person in db.Set<Person>() on row.Registration.UserId equals person.Id
            join organiser in db.Set<Person>() on row.Event.CreatedBy equals organiser.Id
            select new { row.Registration, row.Event, person.Email, Organiser = organiser.Email }).ToListAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var seats = await Pools.ReadAsync(session.Connection, Event.PoolKind, [.. found.Select(row => row.Event.Id)], cancellationToken);
        await db.Database.CloseConnectionAsync();
        return found.ConvertAll(row => new OwnRegistration(
            RegistrationState.From(row.Registration), EventRow.From(row.Event, row.Organiser), seats.GetValueOrDefault(row.Event.Id), row.Email));
    }

    private sealed class Row
    {
        public required Registration Registration { get; init; }
        public required Event Event { get; init; }
    }
}
