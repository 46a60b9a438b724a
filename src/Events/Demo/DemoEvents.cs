using System.Globalization;
using Maydon.Events.Caching;
using Maydon.Events.Mails;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Demo;

/// <summary>
/// The demo's events with their guests, made by the use cases that people use, each at the time at which it would have happened. All in
/// one transaction but the registrations, which are the claim writer's.
/// </summary>
internal sealed class DemoEvents(EventsDbContext db, DbSession session, EventStamps stamps, RegistrationClaims registrations, ImmediateClaims claims, TimeProvider clock) : IDemoData
{
    private static readonly TimeSpan s_tashkent = TimeSpan.FromHours(5);

    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        var people = await db.Set<Person>().Where(person => person.Email!.EndsWith(DemoAddress.Ending)).OrderBy(person => person.Id).ToListAsync(cancellationToken);
        var organisers = people.Where(person => person.Email!.StartsWith("facilitator", StringComparison.Ordinal)).Select(person => person.Id).ToList();
        var guests = people.Select(person => person.Id).Except(organisers).ToList();
        if (organisers.Count == 0 || guests.Count == 0 || await db.Set<Event>().IgnoreQueryFilters().AnyAsync(known => organisers.Contains(known.CreatedBy), cancellationToken))
            return [];

        var now = clock.Now();
        var made = new List<(long Id, DemoEvent Told, DateTimeOffset Announced)>();
        await using (var transaction = await session.BeginAsync(cancellationToken))
        {
            foreach (var (place, told) in DemoProgramme.Events.Index())
                made.Add(await AnnounceAsync(place, told, organisers[place % organisers.Count], now, cancellationToken));
            await transaction.CommitAsync(cancellationToken);
        }

        var registered = 0;
        foreach (var (place, (id, told, announced)) in made.Index())
            registered += await FillAsync(id, told, announced, now, GuestsOf(place, told, guests));
        await SkipMailsAsync(guests, now, cancellationToken);
        return [string.Create(CultureInfo.InvariantCulture, $"Demo events        {made.Count}, with {registered} registrations")];
    }

    private async Task<(long Id, DemoEvent Told, DateTimeOffset Announced)> AnnounceAsync(int place, DemoEvent told, long organiser, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var starts = StartOf(told, now);
        // Four weeks ahead, or in the third week before today.
        var lately = now.AddDays(-14).AddHours(-4 * place);
        var announced = starts.AddDays(-28) < lately ? starts.AddDays(-28) : lately;
        var fields = new EventFields
        {
            Title = told.Title,
            Description = told.Description,
            EventType = told.Place is null ? EventType.Online : EventType.Offline,
            Location = told.Place,
            JoinUrl = told.Place is null ? string.Create(CultureInfo.InvariantCulture, $"https://meet.demo.example/{starts.UtcDateTime:yyyyMMdd}-{told.Language}") : null,
            Language = told.Language,
            StartsAt = starts,
            EndsAt = starts.AddHours(told.Hours),
            Capacity = told.Capacity,
        };
        var (id, refusal) = await new CreateEvent(db, session, stamps, new DemoClock(announced)).ExecuteAsync(fields, organiser, cancellationToken);
        return refusal is null ? (id, told, announced) : throw new InvalidOperationException($"The demo's event “{told.Title}” was refused: {refusal.Code}.");
    }

    /// <summary>In a few groups, day after day, until four days ago: the thank-you mails of later ones would still be due.</summary>
    private async Task<int> FillAsync(long id, DemoEvent told, DateTimeOffset announced, DateTimeOffset now, List<long> guests)
    {
        var last = StartOf(told, now).AddHours(-2) < now.AddDays(-4) ? StartOf(told, now).AddHours(-2) : now.AddDays(-4);
        var groups = guests.Chunk(7).ToList();
        var seats = 0;
        foreach (var (place, group) in groups.Index())
        {
            var at = announced + (last - announced) * ((place + 1.0) / (groups.Count + 1));
            var wishes = group.Select(guest => new SeatRequest(SeatWish.Register, id, guest)).ToList();
            var decisions = await claims.DecideAsync(registrations, wishes, new DemoClock(at));
            seats += decisions.Count(decision => decision.Registration is not null);
        }

        return seats;
    }

    /// <summary>Others come to every event, and the first, who can sign in, to every third.</summary>
    private static List<long> GuestsOf(int place, DemoEvent told, List<long> guests)
    {
        var first = place % 3 == 0 ? guests.Take(1) : [];
        var others = Enumerable.Range(0, guests.Count - 1).Select(i => guests[1 + (i + place * 17) % (guests.Count - 1)]);
        return [.. first.Concat(others).Take(told.People)];
    }

    private static DateTimeOffset StartOf(DemoEvent told, DateTimeOffset now)
    {
        if (told.Hour == DemoProgramme.ThisHour)
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
        var local = now.ToOffset(s_tashkent);
        return new DateTimeOffset(local.Date, s_tashkent).AddDays(told.Days).AddHours(told.Hour).ToUniversalTime();
    }

    /// <summary>
    /// Demo people are never sent a mail about an event (<see cref="EventMailHandler"/> sees to that): hundreds of confirmations that wait
    /// to be passed over would only keep the first real one waiting.
    /// </summary>
    private async Task SkipMailsAsync(List<long> guests, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            update kernel.outbox o set state = 'skipped', payload = '{}', last_error = 'demo', done_at = $2
            from events.registrations r
            where o.kind = 'events.confirmation' and o.state = 'pending' and o.subject = 'registration:' || r.id || ':' || r.claim_id and r.user_id = any($1)
            """, session.Connection);
        command.Parameters.Add(new() { Value = guests.ToArray() });
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
