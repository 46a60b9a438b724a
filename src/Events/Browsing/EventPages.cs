using Maydon.Events.Caching;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>The events of one page, without their seats; how long it holds, and from when on it is read anew.</summary>
internal sealed record EventPage(long Count, IReadOnlyList<EventRow> Rows, DateTimeOffset Until, DateTimeOffset RenewAt);

/// <summary>
/// Finds the pages of lists. Counts and rows are kept here, those that depend on seats for a moment only, so that under a storm of them a page costs
/// one query for its seats.
/// </summary>
internal sealed class EventPages(NpgsqlDataSource database, EventStamps stamps, TimeProvider clock) : IDisposable
{
    private const long CensusBytes = 4 << 20;
    private const long PageBytes = 24 << 20;
    private const int RowSize = 800;

    // Which events have seats is counted at most so often, however many register, and a page of them is looked up at most so often; while
    // that is done, the one before is shown for as long again.
    private static readonly TimeSpan s_seatsCounted = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_seatsListed = TimeSpan.FromSeconds(1);

    private readonly StampedCache<EventCensus> _censuses = new(CensusBytes, stamps, clock);
    private readonly StampedCache<EventPage> _pages = new(PageBytes, stamps, clock);
    private readonly SearchQueue _searches = new();

    /// <summary>Null when too many look for something at once.</summary>
    public Task<EventPage?> GetAsync(EventFilter filter, EventOrder order, long offset, int size, CancellationToken cancellationToken) =>
        _pages.GetAsync(
            $"{filter.Key}|{order.Key}|{offset}|{size}", filter.IsSearch ? _searches : null, async (_, token) => await ReadAsync(filter, order, offset, size, token), cancellationToken);

    public void Dispose()
    {
        _censuses.Dispose();
        _pages.Dispose();
        _searches.Dispose();
    }

    private async Task<Fresh<EventPage>> ReadAsync(EventFilter filter, EventOrder order, long offset, int size, CancellationToken cancellationToken)
    {
        var census = await CountAsync(filter, cancellationToken);
        var values = new SqlValues();
        var segments = order.Find(census, offset, size, values).Where(segment => segment.Take > 0 && segment.Offset < order.Count(census)).ToList();
        var rows = segments.Count == 0 ? [] : await ReadAsync(values, ToSql(segments, filter, values), cancellationToken);
        var (until, renewAt) = filter.HasSeats is null ? (order.Until(census), DateTimeOffset.MaxValue) : Lasting(s_seatsListed, order.Until(census));
        var page = new EventPage(order.Count(census), rows, until, renewAt);
        return new Fresh<EventPage>(page, RowSize * rows.Count, until, filter.HasSeats is null ? null : [.. rows.Select(row => row.Id)]) { RenewAt = renewAt };
    }

    private async Task<EventCensus> CountAsync(EventFilter filter, CancellationToken cancellationToken)
    {
        var census = await _censuses.GetAsync(filter.Key, async (previous, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var seats = stamps.Mark().Levels;
            // Seats may have come and gone since a count of those that have some.
            var basis = filter.HasSeats is null || previous?.Seats == seats ? previous : null;
            var taken = await EventCensus.TakeAsync(connection, filter, basis, clock.Now(), token) with { Seats = seats };
            var turn = taken.NextEnd < taken.NextStart ? taken.NextEnd : taken.NextStart;
            var (until, renewAt) = filter.HasSeats is null ? (turn, DateTimeOffset.MaxValue) : Lasting(s_seatsCounted, turn);
            return new Fresh<EventCensus>(taken, 100, until) { RenewAt = renewAt };
        }, cancellationToken);
        return census!;
    }

    /// <summary>From when it has been read: what takes long to read is not out of date on arrival.</summary>
    private (DateTimeOffset Until, DateTimeOffset RenewAt) Lasting(TimeSpan renewed, DateTimeOffset turn)
    {
        var from = clock.Now();
        var last = from + (2 * renewed);
        return (turn < last ? turn : last, from + renewed);
    }

    private async Task<List<EventRow>> ReadAsync(SqlValues values, string ids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await EventRow.ReadAsync(connection, values, ids, cancellationToken);
    }

    /// <summary>The ids of the page in their places: served by indexes alone wherever the filter allows it.</summary>
    private static string ToSql(List<EventOrder.Segment> segments, EventFilter filter, SqlValues values)
    {
        var condition = filter.ToSql(values);
        return string.Join(" union all ", segments.Select((segment, place) =>
        {
            var found = $"events.events e where {segment.Condition} and {condition}";
            // OFFSET 0 keeps the planner from merging the two selects.
            var source = segment.Few ? $"(select e.id, e.starts_at from {found} offset 0) e" : found;
            return $"""
                select {place} as segment, row_number() over () as place, row.id
                from (select e.id from {source} order by {segment.Order} offset {segment.Offset} limit {segment.Take}) row
                """;
        }));
    }
}
