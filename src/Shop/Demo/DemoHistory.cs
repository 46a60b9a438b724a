using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Reviews;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Demo;

/// <summary>What has happened to the demo's goods since they were there: stock that came in and was counted, and what buyers think of them.</summary>
internal sealed class DemoHistory(ShopDbContext db, DbSession session, StockChanges stock, StarChanges stars)
{
    /// <summary>Some came again, of some one was missing when they were counted.</summary>
    public async Task MoveAsync(long variant, int number, DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (request, when) = (number % 11) switch
        {
            3 => (new MovementRequest { Quantity = 12, Reason = MovementReason.Received, Note = "Yuk xati 118" }, 0.4),
            7 => (new MovementRequest { Quantity = -1, Reason = MovementReason.Corrected, Note = "Inventarizatsiya" }, 0.7),
            _ => (null, 0.0),
        };
        if (request is null)
            return;
        var (_, refusal) = await new StockTaking(db, session, stock, new DemoClock(at + ((now - at) * when))).MoveAsync(variant, request, by: null, cancellationToken);
        if (refusal is not null)
            throw DemoShop.Refused($"variant {variant}", refusal);
    }

    /// <summary>Some are reviewed by many, some by nobody; answers how many reviews that are.</summary>
    public async Task<int> ReviewAsync(long product, int place, List<long> buyers, DateTimeOffset made, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = Math.Min(place % 8 == 0 ? 9 : place * 5 % 6, buyers.Count);
        for (var n = 0; n < count; n++)
        {
            var (rating, comment) = DemoOpinions.All[((place * 3) + (n * 5)) % DemoOpinions.All.Length];
            var write = new WriteReview(db, session, stars, new DemoClock(made + ((now - made) * ((n + 1.0) / (count + 1)))));
            var (_, refusal) = await write.AddAsync(
                new ReviewRequest { Product = product, Rating = rating, Comment = comment }, buyers[((place * 7) + n) % buyers.Count], cancellationToken);
            if (refusal is not null)
                throw DemoShop.Refused($"review {n} of product {product}", refusal);
        }

        return count;
    }
}
