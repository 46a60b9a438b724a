using Maydon.Kernel.Caching;
using Npgsql;

namespace Maydon.Shop.Browsing.Categories;

/// <summary>The tree of categories, as old as the last write of the shop: every list needs it.</summary>
internal sealed class ShopTree(NpgsqlDataSource database, ShopStamps stamps, TimeProvider clock) : IDisposable
{
    private readonly StampedCache<CategoryMap> _trees = new(64 << 20, stamps, clock);
    private readonly StampedCache<ProductCounts> _counts = new(64 << 20, stamps, clock);

    public async Task<CategoryMap> GetAsync(CancellationToken cancellationToken)
    {
        var tree = await _trees.GetAsync("", async (_, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var read = await CategoryMap.ReadAsync(connection, token);
            return new Fresh<CategoryMap>(read, read.Size, DateTimeOffset.MaxValue);
        }, cancellationToken);
        return tree!;
    }

    public async Task<ProductCounts> CountAsync(CancellationToken cancellationToken)
    {
        var counts = await _counts.GetAsync("", async (_, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var counted = await ProductCounts.ReadAsync(connection, token);
            return new Fresh<ProductCounts>(counted, counted.Size, DateTimeOffset.MaxValue);
        }, cancellationToken);
        return counts!;
    }

    public void Dispose()
    {
        _trees.Dispose();
        _counts.Dispose();
    }
}
