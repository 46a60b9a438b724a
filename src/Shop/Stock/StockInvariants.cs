using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Stock;

internal sealed class StockMatchesMovements(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.variants",
        """
        select format('variant %s has %s in stock altogether, its movements add up to %s', p.subject_id, coalesce(p.capacity::text, 'any number'), coalesce(m.moved, 0))
        from inventory.pools p left join (select pool_id, sum(change) as moved from inventory.movements group by pool_id) m on m.pool_id = p.id
        where p.kind = 'variant' and p.capacity is distinct from coalesce(m.moved, 0)
        union all
        select format('variant %s has no pool of stock', v.id)
        from shop.variants v where not exists (select from inventory.pools p where p.kind = 'variant' and p.subject_id = v.id)
        """);

    public string Name => "every variant has as much stock as was moved in, less what was moved out";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
