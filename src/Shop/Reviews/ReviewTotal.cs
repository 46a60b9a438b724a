using Maydon.Kernel.Caching;
using Maydon.Shop.Browsing;
using Maydon.Shop.Browsing.Categories;
using Npgsql;

namespace Maydon.Shop.Reviews;

/// <summary>How many reviews all products that are shown have together, kept until one more is written: added up from what each product knows of itself.</summary>
internal sealed class ReviewTotal(NpgsqlDataSource database, ShopTree trees, ShopStamps stamps, TimeProvider clock) : IDisposable
{
    private readonly StampedCache<Sum> _sums = new(10_000, stamps, clock);

    private sealed record Sum(long Reviews);

    public async Task<long> GetAsync(CancellationToken cancellationToken)
    {
        var sum = await _sums.GetAsync("", async (_, token) =>
        {
            var closed = (await trees.GetAsync(token)).HiddenIds;
            await using var command = database.CreateCommand("select coalesce(sum(rating_count), 0) from shop.listings where is_active and category_id <> all ($1)");
            command.Parameters.Add(new() { Value = closed });
            return new Fresh<Sum>(new Sum((long)(await command.ExecuteScalarAsync(token))!), 100, DateTimeOffset.MaxValue, [StarChanges.OfAny]);
        }, cancellationToken);
        return sum!.Reviews;
    }

    public void Dispose() => _sums.Dispose();
}
