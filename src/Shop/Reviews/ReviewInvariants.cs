using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Reviews;

internal sealed class RatingsMatchReviews(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.products",
        """
        select format('product %s has %s stars in %s reviews, its reviews add up to %s in %s', p.id, p.rating_total, p.rating_count, coalesce(r.total, 0), coalesce(r.number, 0))
        from shop.products p
        left join (select product_id, sum(rating) as total, count(*) as number from shop.reviews group by product_id) r on r.product_id = p.id
        where (p.rating_total, p.rating_count) is distinct from (coalesce(r.total, 0), coalesce(r.number, 0))
        """);

    public string Name => "every product has the stars of its reviews";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
