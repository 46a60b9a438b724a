using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Facets;
using Maydon.Shop.Reviews;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Shop.Browsing.Products;

/// <summary>What everybody may read of products, whoever asks: made once, then answered from memory until it changes.</summary>
internal sealed class ProductReads(NpgsqlDataSource database, ProductPages pages, ShopTree trees, ShopAnswers answers)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>A page of the list, or why there is none.</summary>
    public async Task<(CachedAnswer<ProductPage>? Answer, Problem? Refusal)> ListAsync(ProductQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        Problem? refusal = null;
        var answer = await answers.GetAsync<ProductPage>(context, async token =>
        {
            (var read, refusal) = await PageAsync(query, context, token);
            return read;
        }, cancellationToken);
        return (answer, refusal);
    }

    /// <summary>The same without looking into the memory of answers.</summary>
    public async Task<(Fresh<ProductPage>? Page, Problem? Refusal)> PageAsync(ProductQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        if ((query.Check(context.Request) ?? query.Check(long.MaxValue)) is { } malformed)
            return (null, malformed);
        var filter = query.ToFilter(context.Request);
        var order = ProductOrder.Of(query.Ordering, filter.Search is not null);
        var found = await pages.GetAsync(filter, order, query.Offset, query.Size, cancellationToken);
        if ((found is null ? Problem.Unavailable(s_soon) : query.Check(found.Count)) is { } refusal)
            return (null, refusal);
        var facets = query.Facets is true ? await pages.GetFacetsAsync(filter, cancellationToken) : null;
        if (query.Facets is true && facets is null)
            return (null, Problem.Unavailable(s_soon));
        long[] ids = [.. found!.Rows.Select(row => row.Id)];
        var levels = await ReadLevelsAsync(ids, cancellationToken);
        var tree = await trees.GetAsync(cancellationToken);
        var items = found.Rows.Select(row => row.ToItem(levels.GetValueOrDefault(row.Id), tree)).ToList();
        var page = ProductPage.Of(query.ToPage(context.Request, found.Count, items), facets?.Facets);
        long[] subjects = filter.IsByStars || order.IsByStars ? [StarChanges.OfAny, .. ids] : ids;
        return (new Fresh<ProductPage>(page, 0, Sooner(found.Until, facets?.Until), subjects) { RenewAt = Sooner(found.RenewAt, facets?.RenewAt) }, null);
    }

    /// <summary>One product as a stranger sees it; null when there is none.</summary>
    public Task<CachedAnswer<ProductDetails>?> DetailAsync(string idOrSlug, HttpContext context, CancellationToken cancellationToken) =>
        answers.GetAsync<ProductDetails>(context, async token =>
        {
            var tree = await trees.GetAsync(token);
            await using var connection = await database.OpenConnectionAsync(token);
            return await ProductRecord.FindAsync(connection, idOrSlug, tree, token) is { IsShown: true } found
                ? new Fresh<ProductDetails>(found.Shown, 0, DateTimeOffset.MaxValue, [found.Whole.Id]) { ForStrangers = found.HasHidden }
                : null;
        }, cancellationToken);

    private async Task<Dictionary<long, ProductLevels>> ReadLevelsAsync(long[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return [];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ProductRow.ReadLevelsAsync(connection, ids, cancellationToken);
    }

    private static DateTimeOffset Sooner(DateTimeOffset first, DateTimeOffset? second) => second < first ? second.Value : first;
}

/// <summary>One product as staff see it, with what is switched off.</summary>
internal sealed class GetProduct(DbSession session)
{
    public async Task<ProductDetails?> ExecuteAsync(string idOrSlug, CancellationToken cancellationToken)
    {
        await using var open = await session.OpenAsync(cancellationToken);
        var tree = await CategoryMap.ReadAsync(session.Connection, cancellationToken);
        return (await ProductRecord.FindAsync(session.Connection, idOrSlug, tree, cancellationToken))?.Whole;
    }
}
