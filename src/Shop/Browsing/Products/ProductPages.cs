using Maydon.Kernel.Caching;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Facets;
using Maydon.Shop.Reviews;
using Npgsql;

namespace Maydon.Shop.Browsing.Products;

/// <summary>The products of one page, without their stock and stars; how long it holds, and from when on it is read anew.</summary>
internal sealed record FoundProducts(long Count, IReadOnlyList<ProductRow> Rows, DateTimeOffset Until, DateTimeOffset RenewAt);

/// <summary>The facets of a list; how long they hold, and from when on they are counted anew.</summary>
internal sealed record FoundFacets(ProductFacets Facets, DateTimeOffset Until, DateTimeOffset RenewAt);

/// <summary>
/// Finds the pages of lists and their facets. They are kept here, those that depend on stock for a moment only, so that under a storm of
/// orders a page costs one query for its stock.
/// </summary>
internal sealed class ProductPages(NpgsqlDataSource database, SelectionReader selections, ShopTree trees, ShopStamps stamps, TimeProvider clock) : IDisposable
{
    private const long PageBytes = 24 << 20;
    private const long FacetBytes = 8 << 20;
    private const long CountBytes = 2 << 20;
    private const int RowSize = 600;

    // What is in stock is looked up at most so often, however much is sold; while that is done, what was found before is shown for as long again.
    private static readonly TimeSpan s_stockListed = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stockCounted = TimeSpan.FromSeconds(2);

    private readonly StampedCache<FoundProducts> _pages = new(PageBytes, stamps, clock);
    private readonly StampedCache<FoundFacets> _facets = new(FacetBytes, stamps, clock);
    private readonly StampedCache<ProductCount> _counts = new(CountBytes, stamps, clock);
    private readonly SearchQueue _searches = new();

    private sealed record ProductCount(long Total);

    /// <summary>Null when too many look for something at once.</summary>
    public Task<FoundProducts?> GetAsync(ProductFilter filter, ProductOrder order, long offset, int size, CancellationToken cancellationToken) =>
        _pages.GetAsync(
            $"{filter.Key}|{order.Sql}|{offset}|{size}", filter.IsHeavy ? _searches : null, async (_, token) => await ReadAsync(filter, order, offset, size, token), cancellationToken);

    /// <summary>Null when too many look for something at once.</summary>
    public Task<FoundFacets?> GetFacetsAsync(ProductFilter filter, CancellationToken cancellationToken) =>
        _facets.GetAsync(filter.Key, _searches, async (_, token) =>
        {
            var tree = await trees.GetAsync(token);
            await using var connection = await database.OpenConnectionAsync(token);
            var facets = await new FacetReader(connection, await selections.ReadAsync(filter, tree, connection, token)).ReadAsync(token);
            var (until, renewAt) = Lasting(filter, s_stockCounted);
            return new Fresh<FoundFacets>(new FoundFacets(facets, until, renewAt), facets.Size, until, Stars(filter.IsByStars)) { RenewAt = renewAt };
        }, cancellationToken);

    public void Dispose()
    {
        _pages.Dispose();
        _facets.Dispose();
        _counts.Dispose();
        _searches.Dispose();
    }

    private async Task<Fresh<FoundProducts>> ReadAsync(ProductFilter filter, ProductOrder order, long offset, int size, CancellationToken cancellationToken)
    {
        // Before the connection: whoever reads the tree needs one, and those who wait for it must not have them all.
        var tree = await trees.GetAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var selection = await selections.ReadAsync(filter, tree, connection, cancellationToken);
        var (count, ids) = filter.IsHeavy
            ? await FindAsync(selection, order, offset, size, connection, cancellationToken)
            : await WalkAsync(selection, order, offset, size, connection, cancellationToken);
        var rows = ids.Length == 0 ? [] : await ProductRow.ReadAsync(connection, ids, cancellationToken);
        var (until, renewAt) = Lasting(filter, s_stockListed);
        return new Fresh<FoundProducts>(new FoundProducts(count, rows, until, renewAt), RowSize * rows.Count, until, [.. filter.InStock is null ? [] : ids, .. Stars(filter.IsByStars || order.IsByStars)]) { RenewAt = renewAt };
    }

    /// <summary>Indexes know the order and where the page begins; how many there are is counted once.</summary>
    private async Task<(long Count, long[] Ids)> WalkAsync(
        ProductSelection selection, ProductOrder order, long offset, int size, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counted = await _counts.GetAsync(selection.Filter.Key, async (_, token) =>
        {
            var values = new SqlValues();
            await using var command = values.ToCommand($"select count(*) from shop.listings l where {selection.ToSql(values, LeftOut.None).Condition}", connection);
            return new Fresh<ProductCount>(new ProductCount((long)(await command.ExecuteScalarAsync(token))!), 100, DateTimeOffset.MaxValue, Stars(selection.Filter.IsByStars));
        }, cancellationToken);
        if (offset >= counted!.Total)
            return (counted.Total, []);
        var values = new SqlValues();
        var condition = selection.ToSql(values, LeftOut.None).Condition;
        await using var command = values.ToCommand(
            $"select array(select l.product_id from shop.listings l where {condition} order by {order.Sql} offset {values.Add(offset)} limit {values.Add((long)size)})", connection);
        return (counted.Total, (long[])(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <summary>All that is found is looked through at any rate: counted and sorted in one go.</summary>
    private static async Task<(long Count, long[] Ids)> FindAsync(
        ProductSelection selection, ProductOrder order, long offset, int size, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var (sets, condition) = selection.ToSql(values, LeftOut.None);
        // Among names that have as much of the search, the shortest is nearest to it.
        var (score, words) = order.ByMatch && selection.Sought?.Names is { } names
            ? ($"((ts_rank(w.title, {values.Add(names.Words)}::tsquery) + ts_rank(w.title, {values.Add(names.Begins)}::tsquery)) / (30 + char_length(l.name)))", "join shop.product_words w on w.product_id = l.product_id")
            : ("0", "");
        await using var command = values.ToCommand($"""
            with {sets}{(sets.Length == 0 ? "" : ", ")}found as materialized (
                select l.product_id, l.created_at, l.name, l.price_from, l.rating_average, {score} as score from shop.listings l {words} where {condition}
            )
            select (select count(*) from found), array(select l.product_id from found l order by {order.Sql} offset {values.Add(offset)} limit {values.Add((long)size)})
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetFieldValue<long[]>(1));
    }

    private static long[] Stars(bool matter) => matter ? [StarChanges.OfAny] : [];

    /// <summary>From when it has been read: what takes long to read is not out of date on arrival.</summary>
    private (DateTimeOffset Until, DateTimeOffset RenewAt) Lasting(ProductFilter filter, TimeSpan renewed)
    {
        var now = clock.Now();
        return filter.InStock is null ? (DateTimeOffset.MaxValue, DateTimeOffset.MaxValue) : (now + (2 * renewed), now + renewed);
    }
}
