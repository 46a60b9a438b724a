using Npgsql;

namespace Maydon.Shop.Browsing.Categories;

/// <summary>How many of some products lie in each category.</summary>
internal sealed class ProductCounts(IReadOnlyDictionary<long, long> direct)
{
    public int Size => 60 * direct.Count;

    /// <summary>Of all active products.</summary>
    public static async Task<ProductCounts> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select l.category_id, count(*) from shop.listings l where l.is_active group by l.category_id", connection);
        return await ReadAsync(command, cancellationToken);
    }

    /// <param name="command">Category ids and how often each.</param>
    public static async Task<ProductCounts> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var direct = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancellationToken))
            direct.Add(reader.GetInt64(0), reader.GetInt64(1));
        return new ProductCounts(direct);
    }

    /// <summary>With all that is below it, unless hidden.</summary>
    public long Of(CategoryNode category) => category.WithDescendants().Where(node => node.IsShown || !category.IsShown).Sum(node => direct.GetValueOrDefault(node.Id));

    public CategoryItem Describe(CategoryNode category, bool withHidden) => new(
        category.Id, category.Name, category.Slug, category.Parent?.Id, category.Position, category.IsActive, Of(category),
        [.. category.Children.Where(child => withHidden || child.IsShown).Select(child => new CategoryChild(child.Id, child.Name, child.Slug, Of(child)))]);
}
