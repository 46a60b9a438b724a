using System.ComponentModel;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Statistics;

/// <summary>All events at one moment. Days are UTC, the last one is today.</summary>
public sealed record AdminStats(
    EventTotals Events, RegistrationTotals Registrations, IReadOnlyList<DayTotals> PerDay, FillRates FillRates, IReadOnlyList<EventStats> TopEvents);

public sealed record EventTotals(long Total, long Upcoming, long Running, long Past);

public sealed record RegistrationTotals(long Registered, long Attended, long Cancelled, long Waitlisted);

/// <summary>Registrations are counted on the day they were made or renewed, whatever became of them.</summary>
public sealed record DayTotals(DateOnly Date, long EventsCreated, long Registrations, long Cancellations);

/// <summary>Of the events that have not ended and have a limited number of seats; <paramref name="Average"/> is a share of 1, null without any.</summary>
public sealed record FillRates(long Events, double? Average, long Full, long Over75Percent, long Over50Percent, long Under50Percent);

/// <summary>How far back to look.</summary>
public sealed class AdminStatsQuery
{
    private const int MostDays = 366;

    [FromQuery(Name = "days"), Description("Days back, 30 unless told, at most 366.")]
    public int? Days { get; set; }

    internal int DaysBack => Days is > 0 and var days ? Math.Min(days, MostDays) : 30;
}

/// <summary>Counts everything, from one snapshot.</summary>
internal sealed class AdminStatsReader(NpgsqlDataSource database, TimeProvider clock)
{
    private const string EventsSql = """
        select count(*), count(*) filter (where starts_at > $1), count(*) filter (where starts_at <= $1 and ends_at >= $1), count(*) filter (where ends_at < $1)
        from events.events where deleted_at is null
        """;

    private const string RegistrationsSql = """
        select count(*) filter (where status = 'registered'), count(*) filter (where status = 'attended'),
            count(*) filter (where status = 'cancelled'), count(*) filter (where status = 'waitlisted')
        from events.registrations
        """;

    private const string DaysSql = """
        with days as (
            select day::date, day::timestamp at time zone 'UTC' as begins, (day + interval '1 day')::timestamp at time zone 'UTC' as ends
            from generate_series($1::date - ($2 - 1), $1::date, interval '1 day') day
        ), facts (at, created, registered, cancelled) as (
            select created_at, 1, 0, 0 from events.events where created_at >= (select min(begins) from days) and deleted_at is null
            union all select registered_at, 0, 1, 0 from events.registrations where registered_at >= (select min(begins) from days)
            union all select cancelled_at, 0, 0, 1 from events.registrations where cancelled_at >= (select min(begins) from days)
        ), sums as (
            select (at at time zone 'UTC')::date as day, sum(created) as created, sum(registered) as registered, sum(cancelled) as cancelled from facts group by 1
        )
        select day, coalesce(created, 0)::bigint, coalesce(registered, 0)::bigint, coalesce(cancelled, 0)::bigint
        from days left join sums using (day) order by day
        """;

    private const string FillSql = """
        select count(*), avg(share), count(*) filter (where share >= 1), count(*) filter (where share >= 0.75 and share < 1),
            count(*) filter (where share >= 0.5 and share < 0.75), count(*) filter (where share < 0.5)
        from events.events e
        join inventory.pools s on s.kind = 'event' and s.subject_id = e.id and s.capacity > 0
        cross join lateral (select s.taken::float8 / s.capacity) r (share)
        where e.deleted_at is null and e.ends_at >= $1
        """;

    public async Task<AdminStats> ReadAsync(int days, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var events = await ReadRowAsync(connection, EventsSql, row => new EventTotals(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancellationToken, Time(now));
        var registrations = await ReadRowAsync(connection, RegistrationsSql, row => new RegistrationTotals(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancellationToken);
        var fill = await ReadRowAsync(connection, FillSql,
            row => new FillRates(row.GetInt64(0), row.IsDBNull(1) ? null : Math.Round(row.GetDouble(1), 4), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), cancellationToken, Time(now));
        var perDay = await ReadRowsAsync(connection, DaysSql, row => new DayTotals(row.GetFieldValue<DateOnly>(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancellationToken,
            new NpgsqlParameter { Value = DateOnly.FromDateTime(now.UtcDateTime) }, new NpgsqlParameter { Value = days });
        return new AdminStats(events, registrations, perDay, fill, await TopEvents.ReadAsync(connection, 5, cancellationToken));
    }

    private static async Task<T> ReadRowAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] values) =>
        (await ReadRowsAsync(connection, sql, read, cancellationToken, values))[0];

    private static async Task<List<T>> ReadRowsAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
