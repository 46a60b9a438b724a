using System.Globalization;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>
/// How many events a filter finds at one moment, and how far the moment can be moved before that changes by itself. Counting a million
/// rows takes a tenth of a second, so as long as nobody writes, the count is carried on: only what started or ended since is counted.
/// </summary>
internal sealed record EventCensus(DateTimeOffset At, DateTimeOffset CountedAt, long Total, long NotEnded, long Upcoming, DateTimeOffset NextEnd, DateTimeOffset NextStart)
{
    /// <summary>How far the changes of seats had come: of events with seats, the count can be carried on only until the next.</summary>
    public long Seats { get; init; }

    // Bounds what a signal lost between two nodes can do.
    private static readonly TimeSpan s_oldest = TimeSpan.FromMinutes(10);

    private const string Next = """
        (select min(n.ends_at) from events.events n where n.deleted_at is null and n.ends_at >= $1),
        (select min(n.starts_at) from events.events n where n.deleted_at is null and n.starts_at >= $1)
        """;

    public static async Task<EventCensus> TakeAsync(NpgsqlConnection connection, EventFilter filter, EventCensus? previous, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (previous is not null && now >= previous.At && now - previous.CountedAt < s_oldest)
            return await previous.CarryOnAsync(connection, filter, now, cancellationToken);
        var values = new SqlValues();
        var at = values.Add(now);
        var sql = $"""
            select count(*), count(*) filter (where e.ends_at >= {at}), count(*) filter (where e.starts_at >= {at}), {Next}
            from events.events e where {filter.ToSql(values)}
            """;
        return await ReadAsync(values.ToCommand(sql, connection), (total, notEnded, upcoming, end, start) => new EventCensus(now, now, total, notEnded, upcoming, end, start), cancellationToken);
    }

    private Task<EventCensus> CarryOnAsync(NpgsqlConnection connection, EventFilter filter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var (to, from) = (values.Add(now), values.Add(At));
        var (ended, started) = ($"e.ends_at >= {from} and e.ends_at < {to}", $"e.starts_at >= {from} and e.starts_at < {to}");
        var sql = $"""
            select {Total.ToString(CultureInfo.InvariantCulture)}::bigint, count(*) filter (where {ended}), count(*) filter (where {started}), {Next}
            from events.events e where ({ended} or {started}) and {filter.ToSql(values)}
            """;
        return ReadAsync(values.ToCommand(sql, connection),
            (total, sinceEnded, sinceStarted, end, start) => new EventCensus(now, CountedAt, total, NotEnded - sinceEnded, Upcoming - sinceStarted, end, start), cancellationToken);
    }

    private static async Task<EventCensus> ReadAsync(
        NpgsqlCommand command, Func<long, long, long, DateTimeOffset, DateTimeOffset, EventCensus> make, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return make(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), After(reader, 3), After(reader, 4));
        }
    }

    // What is true at the very moment of a start or an end is no longer true a microsecond, the database's smallest step, later.
    private static DateTimeOffset After(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? DateTimeOffset.MaxValue : reader.GetFieldValue<DateTimeOffset>(ordinal).AddMicroseconds(1);
}
