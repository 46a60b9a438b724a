using Maydon.Inventory;
using Npgsql;

namespace Maydon.Events.Statistics;

/// <summary>How an event is going. Seats are null when unlimited.</summary>
public sealed record EventStats
{
    public required long EventId { get; init; }
    public required string Title { get; init; }
    public required int? Capacity { get; init; }
    public required int Registered { get; init; }
    public required long Cancelled { get; init; }
    public required long Waitlisted { get; init; }
    public required int? AvailableSeats { get; init; }

    /// <summary>In the order of <paramref name="ids"/>; deleted events are missing.</summary>
    internal static async Task<List<EventStats>> ReadAsync(NpgsqlConnection connection, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select e.id, e.title, s.capacity, s.taken, r.cancelled, r.waitlisted
            from unnest($1) with ordinality as wanted (id, place)
            join events.events e on e.id = wanted.id and e.deleted_at is null
            join inventory.pools s on s.kind = 'event' and s.subject_id = e.id
            cross join lateral (
                select count(*) filter (where status = 'cancelled'), count(*) filter (where status = 'waitlisted')
                from events.registrations where event_id = e.id and status in ('cancelled', 'waitlisted')) r (cancelled, waitlisted)
            order by wanted.place
            """, connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stats = new List<EventStats>(ids.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            var seats = new PoolLevel(reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetInt32(3));
            stats.Add(new EventStats
            {
                EventId = reader.GetInt64(0),
                Title = reader.GetString(1),
                Capacity = seats.Capacity,
                Registered = seats.Taken,
                Cancelled = reader.GetInt64(4),
                Waitlisted = reader.GetInt64(5),
                AvailableSeats = seats.Available,
            });
        }

        return stats;
    }
}
