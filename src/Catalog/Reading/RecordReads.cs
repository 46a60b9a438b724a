using System.Globalization;
using Maydon.Catalog.Records;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Catalog.Reading;

/// <summary>What everybody may read of a list: made once, then answered from memory until something is written.</summary>
internal sealed class RecordReads<TItem>(NpgsqlDataSource database, CatalogList<TItem> list, CatalogAnswers answers, RecordSearches searches) where TItem : CatalogItem
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>A page of the list, or why there is none.</summary>
    public async Task<(CachedAnswer<Page<TItem>>? Answer, Problem? Refusal)> ListAsync(RecordQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        if ((OrderingField.Check(query.Ordering, [.. list.Orders.Keys]) ?? query.Check(long.MaxValue)) is { } malformed)
            return (null, malformed);
        var isStranger = IsStranger(context);
        var filter = query.ToFilter(isStranger);
        var order = RecordOrder.Of(query.Ordering, list, isStranger ? list.OrdersForStrangers : list.Orders);
        Problem? refusal = null;
        var answer = await answers.GetAsync<Page<TItem>>(context, searches.QueueFor(filter, order), async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var count = await CountAsync(connection, filter, token);
            if ((refusal = query.Check(count)) is not null)
                return null;
            var items = await PageAsync(connection, filter, order, query, count, isStranger, token);
            return new Fresh<Page<TItem>>(query.ToPage(context.Request, count, items), 0, DateTimeOffset.MaxValue) { IsConfidential = !list.IsOpen };
        }, cancellationToken);
        return answer is not null ? (answer, null) : (null, refusal ?? Problem.Unavailable(s_soon));
    }

    /// <summary>One record; null when there is none that this caller may see.</summary>
    public Task<CachedAnswer<TItem>?> DetailAsync(string code, HttpContext context, CancellationToken cancellationToken) =>
        answers.GetAsync<TItem>(context, async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var isStranger = IsStranger(context);
            var item = await FindAsync(connection, code, isStranger, token);
            return item is null || (!item.IsActive && isStranger)
                ? null
                : new Fresh<TItem>(item, 0, DateTimeOffset.MaxValue) { Version = item.Version.ToString(CultureInfo.InvariantCulture), IsConfidential = !list.IsOpen };
        }, cancellationToken);

    /// <summary>On this connection, so with what its transaction has written; null when there is none or it was deleted.</summary>
    public async Task<TItem?> FindAsync(NpgsqlConnection connection, string code, bool forStrangers, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {list.Columns}, t.images::text from {list.Table} t {list.Joins(forStrangers)} where t.code = $1 and not t.is_deleted", connection);
        command.Parameters.Add(new() { Value = code });
        return await ReadAsync(command, cancellationToken) is [var item] ? item : null;
    }

    private async Task<long> CountAsync(NpgsqlConnection connection, RecordFilter filter, CancellationToken cancellationToken)
    {
        var kept = await searches.Counts.GetAsync($"{list.Name} {filter.Key}", async (_, token) =>
        {
            var known = $"select coalesce(sum(size), 0)::bigint from catalog.sizes where list = '{list.Name}'{filter.IsActive switch { true => " and is_active", false => " and not is_active", null => "" }}";
            await using var command = filter is { IsPlain: true, FindsNothing: false }
                ? new NpgsqlCommand(known, connection)
                : filter.Values.ToCommand($"select count(*) from {list.Table} t where {filter.Sql}", connection);
            return new Fresh<RecordCount>(new RecordCount((long)(await command.ExecuteScalarAsync(token))!), 0, DateTimeOffset.MaxValue);
        }, cancellationToken);
        return kept!.Value;
    }

    /// <summary>Found by id in an index alone, from the end that is nearer, then read.</summary>
    private async Task<List<TItem>> PageAsync(NpgsqlConnection connection, RecordFilter filter, RecordOrder order, RecordQuery query, long count, bool forStrangers, CancellationToken cancellationToken)
    {
        var size = Math.Min(query.Size, count - query.Offset);
        if (size <= 0)
            return [];
        var reverse = query.Offset > count / 2;
        var offset = reverse ? count - query.Offset - size : query.Offset;
        await using var command = filter.Values.ToCommand(string.Create(CultureInfo.InvariantCulture, $"""
            with page as materialized (
                select row_number() over () as place, row.id
                from (select t.id from {list.Table} t where {filter.Sql} order by {order.ToSql(reverse)} offset {offset} limit {size}) row
            )
            select {list.Columns}, t.images::text from page join {list.Table} t on t.id = page.id {list.Joins(forStrangers)} order by page.place{(reverse ? " desc" : "")}
            """), connection);
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<List<TItem>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<TItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var item = list.Read(reader);
            item.Images = ImageItem.ReadAll(reader.GetString(reader.FieldCount - 1));
            items.Add(item);
        }

        return items;
    }

    private static bool IsStranger(HttpContext context) => context.User.Identity?.IsAuthenticated is not true;
}
