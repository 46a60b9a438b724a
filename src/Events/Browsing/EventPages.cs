using Maydon.Events.Caching;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>The events of one page, without their seats.</summary>
internal sealed record EventPage(long Count, IReadOnlyList<EventRow> Rows, DateTimeOffset Until);

/// <summary>
/// Finds the pages of lists. What registrations do not change, counts and rows, is kept here, so that under a storm of them a page costs
/// one query for its seats.
/// </summary>
internal sealed class EventPages(NpgsqlDataSource database, EventStamps stamps, TimeProvider clock) : IDisposable
{
    private const long CensusBytes = 4 << 20;
    private const long PageBytes = 24 << 20;
    private const int RowSize = 800;

    private readonly StampedCache<EventCensus> _censuses = new(CensusBytes, stamps, clock);
    private readonly StampedCache<EventPage> _pages = new(PageBytes, stamps, clock);

    public async Task<EventPage> GetAsync(EventFilter filter, EventOrder order, long offset, int size, CancellationToken cancellationToken)
    {
        var found = await _pages.GetAsync($"{filter.Key}|{order.Key}|{offset}|{size}", async (_, token) =>
        {
            var page = await ReadAsync(filter, order, offset, size, token);
            return new Fresh<EventPage>(page, RowSize * page.Rows.Count, page.Until, Seats(filter));
        }, cancellationToken);
        return found!;
    }

    public void Dispose()
    {
        _censuses.Dispose();
        _pages.Dispose();
    }

    private async Task<EventPage> ReadAsync(EventFilter filter, EventOrder order, long offset, int size, CancellationToken cancellationToken)
    {
        var census = await _censuses.GetAsync(filter.Key, async (previous, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            // Seats may have come and gone since a count of those that have some.
            var taken = await EventCensus.TakeAsync(connection, filter, filter.HasSeats is null ? previous : null, clock.Now(), token);
            return new Fresh<EventCensus>(taken, 100, taken.NextEnd < taken.NextStart ? taken.NextEnd : taken.NextStart, Seats(filter));
        }, cancellationToken);

        var values = new SqlValues();
        var segments = order.Find(census!, offset, size, values).Where(segment => segment.Take > 0 && segment.Offset < order.Count(census!)).ToList();
        var rows = segments.Count == 0 ? [] : await ReadAsync(values, ToSql(segments, filter, values), cancellationToken);
        return new EventPage(order.Count(census!), rows, order.Until(census!));
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

    private static SeatsSeen Seats(EventFilter filter) => filter.HasSeats is null ? SeatsSeen.None : SeatsSeen.Any;
}
