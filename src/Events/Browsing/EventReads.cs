using Maydon.Events.Caching;
using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>What everybody may read of events, whoever asks: made once, then answered from memory until it changes.</summary>
internal sealed class EventReads(NpgsqlDataSource database, EventPages pages, EventAnswers answers, TimeProvider clock)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>A page of the list, or why there is none.</summary>
    public async Task<(CachedAnswer<Page<EventItem>>? Answer, Problem? Refusal)> ListAsync(
        EventQuery query, bool upcomingOnly, HttpContext context, CancellationToken cancellationToken)
    {
        if ((query.Check() ?? query.Check(long.MaxValue)) is { } malformed)
            return (null, malformed);
        Problem? refusal = null;
        var answer = await answers.GetAsync<Page<EventItem>>(context, async token =>
        {
            var filter = query.ToFilter();
            var page = await pages.GetAsync(filter, EventOrder.Of(query.Ordering, upcomingOnly), query.Offset, query.Size, token);
            if ((refusal = page is null ? Problem.Unavailable(s_soon) : query.Check(page.Count)) is not null)
                return null;
            var now = clock.Now();
            long[] ids = [.. page!.Rows.Select(row => row.Id)];
            var seats = await ReadSeatsAsync(ids, token);
            var items = page.Rows.Select(row => row.ToItem(seats.GetValueOrDefault(row.Id), now)).ToList();
            var until = page.Rows.Aggregate(page.Until, (soonest, row) => Min(soonest, row.NextTurn(now)));
            return new Fresh<Page<EventItem>>(query.ToPage(context.Request, page.Count, items), 0, until, ids) { RenewAt = page.RenewAt };
        }, cancellationToken);
        return (answer, refusal);
    }

    /// <summary>One event as a stranger sees it; null when there is none.</summary>
    public Task<CachedAnswer<EventDetails>?> DetailAsync(long id, HttpContext context, CancellationToken cancellationToken) =>
        answers.GetAsync<EventDetails>(context, async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            if (await EventRow.FindAsync(connection, id, token) is not { } row)
                return null;
            var seats = await Pools.ReadAsync(connection, Event.PoolKind, [id], token);
            var now = clock.Now();
            return new Fresh<EventDetails>(row.ToDetails(seats.GetValueOrDefault(id), now, mayJoin: false), 0, row.NextTurn(now), [id])
            {
                ForStrangers = row.JoinUrl is not null,
            };
        }, cancellationToken);

    private async Task<Dictionary<long, PoolLevel>> ReadSeatsAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await Pools.ReadAsync(connection, Event.PoolKind, ids, cancellationToken);
    }

    private static DateTimeOffset Min(DateTimeOffset first, DateTimeOffset second) => first < second ? first : second;
}
