using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;

namespace Maydon.Shop.Browsing.Categories;

/// <summary>Categories as everybody sees them, and as staff do: with those that are hidden.</summary>
internal sealed class CategoryReads(ShopTree tree, ShopAnswers answers)
{
    /// <summary>A page of all of them, each before what is below it; or why there is none.</summary>
    public async Task<(CachedAnswer<Page<CategoryItem>>? Answer, Problem? Refusal)> ListAsync(CategoryQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        Problem? refusal = null;
        var answer = await answers.GetAsync<Page<CategoryItem>>(context, async token =>
        {
            var (page, none) = await PageAsync(query, withHidden: false, context, token);
            refusal = none;
            return page is null ? null : new Fresh<Page<CategoryItem>>(page, 0, DateTimeOffset.MaxValue);
        }, cancellationToken);
        return (answer, refusal);
    }

    public async Task<(Page<CategoryItem>? Page, Problem? Refusal)> PageAsync(CategoryQuery query, bool withHidden, HttpContext context, CancellationToken cancellationToken)
    {
        var counts = await tree.CountAsync(cancellationToken);
        var shown = (await tree.GetAsync(cancellationToken)).InOrder.Where(node => withHidden || node.IsShown).ToList();
        if (query.Check(shown.Count) is { } refusal)
            return (null, refusal);
        var items = shown.Skip((int)query.Offset).Take(query.Size).Select(node => counts.Describe(node, withHidden)).ToList();
        return (query.ToPage(context.Request, shown.Count, items), null);
    }

    /// <summary>One as everybody sees it; null when there is none.</summary>
    public Task<CachedAnswer<CategoryItem>?> FindAsync(string idOrSlug, HttpContext context, CancellationToken cancellationToken) =>
        answers.GetAsync<CategoryItem>(context, async token =>
        {
            var node = (await tree.GetAsync(token)).Find(idOrSlug);
            if (node is not { IsShown: true })
                return null;
            return new Fresh<CategoryItem>((await tree.CountAsync(token)).Describe(node, withHidden: false), 0, DateTimeOffset.MaxValue)
            {
                ForStrangers = node.Children.Exists(child => !child.IsShown),
            };
        }, cancellationToken);
}

/// <summary>One category as staff see it, with those below it that are hidden.</summary>
internal sealed class GetCategory(DbSession session)
{
    public async Task<CategoryItem?> ExecuteAsync(string idOrSlug, CancellationToken cancellationToken)
    {
        await using var open = await session.OpenAsync(cancellationToken);
        var node = (await CategoryMap.ReadAsync(session.Connection, cancellationToken)).Find(idOrSlug);
        return node is null ? null : (await ProductCounts.ReadAsync(session.Connection, cancellationToken)).Describe(node, withHidden: true);
    }
}
