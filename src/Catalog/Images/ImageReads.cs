using System.Globalization;
using Maydon.Catalog.Images.Lists;
using Maydon.Catalog.Reading;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Catalog.Images;

/// <summary>What everybody may read of a list of images: made once, then answered from memory until something is written.</summary>
internal sealed class ImageReads<TItem>(NpgsqlDataSource database, ImageList<TItem> list, CatalogAnswers answers, RecordSearches searches) where TItem : CatalogImageItem
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>A page of the list, or why there is none.</summary>
    public async Task<(CachedAnswer<Page<TItem>>? Answer, Problem? Refusal)> ListAsync(ImageQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        if ((OrderingField.Check(query.Ordering, [.. list.Orders.Keys]) ?? query.Check(long.MaxValue)) is { } malformed)
            return (null, malformed);
        var filter = query.ToFilter(list.Records.Table, forStrangers: IsStranger(context));
        var order = RecordOrder.Of(query.Ordering, list.Records, list.Orders);
        Problem? refusal = null;
        var answer = await answers.GetAsync<Page<TItem>>(context, searches.QueueFor(filter, order), async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var count = await CountAsync(connection, filter, token);
            if ((refusal = query.Check(count)) is not null)
                return null;
            await using var command = filter.Values.ToCommand(
                string.Create(CultureInfo.InvariantCulture, $"select {ImageList<TItem>.Columns} from {list.Source} where {filter.Sql} order by {order.ToSql(reverse: false)} offset {query.Offset} limit {query.Size}"), connection);
            return new Fresh<Page<TItem>>(query.ToPage(context.Request, count, await ReadAsync(command, token)), 0, DateTimeOffset.MaxValue) { IsConfidential = !list.Records.IsOpen };
        }, cancellationToken);
        return answer is not null ? (answer, null) : (null, refusal ?? Problem.Unavailable(s_soon));
    }

    /// <summary>One image; null when there is none that this caller may see.</summary>
    public Task<CachedAnswer<TItem>?> DetailAsync(long id, HttpContext context, CancellationToken cancellationToken) =>
        answers.GetAsync<TItem>(context, async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var item = (await FindAsync(connection, [id], forStrangers: IsStranger(context), token)).FirstOrDefault();
            return item is null
                ? null
                : new Fresh<TItem>(item, 0, DateTimeOffset.MaxValue) { Version = item.Version.ToString(CultureInfo.InvariantCulture), IsConfidential = !list.Records.IsOpen };
        }, cancellationToken);

    /// <summary>By position; on this connection, so with what its transaction has written.</summary>
    public async Task<List<TItem>> FindAsync(NpgsqlConnection connection, IReadOnlyList<long> ids, bool forStrangers, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {ImageList<TItem>.Columns} from {list.Source} where i.id = any($1) and not t.is_deleted{(forStrangers ? " and t.is_active" : "")} order by i.position, i.id", connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<long> CountAsync(NpgsqlConnection connection, RecordFilter filter, CancellationToken cancellationToken)
    {
        var kept = await searches.Counts.GetAsync($"{list.Records.Name}-image {filter.Key}", async (_, token) =>
        {
            await using var command = filter.Values.ToCommand($"select count(*) from {list.Source} where {filter.Sql}", connection);
            return new Fresh<RecordCount>(new RecordCount((long)(await command.ExecuteScalarAsync(token))!), 0, DateTimeOffset.MaxValue);
        }, cancellationToken);
        return kept!.Value;
    }

    private async Task<List<TItem>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<TItem>();
        while (await reader.ReadAsync(cancellationToken))
            items.Add(list.Read(reader));
        return items;
    }

    private static bool IsStranger(HttpContext context) => context.User.Identity?.IsAuthenticated is not true;
}
