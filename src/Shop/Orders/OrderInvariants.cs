using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Orders;

internal sealed class OrdersMatchClaims(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.orders",
        """
        select format('order %s is %s, its claim %s is %s', o.id, o.status, o.claim_id, coalesce(c.state, 'missing'))
        from shop.orders o left join inventory.claims c on c.id = o.claim_id and c.kind = 'order'
        where coalesce(c.state, 'missing') <> case o.status when 'pending' then 'held' when 'cancelled' then 'released' else 'confirmed' end
        union all
        select format('order %s is held until %s, its claim %s until %s', o.id, o.hold_expires_at, c.id, c.expires_at)
        from shop.orders o join inventory.claims c on c.id = o.claim_id
        where o.status = 'pending' and c.expires_at is distinct from o.hold_expires_at
        union all
        select format('claim %s is %s and belongs to no order', c.id, c.state)
        from inventory.claims c where c.kind = 'order' and c.state <> 'released' and not exists (select from shop.orders o where o.claim_id = c.id)
        """);

    public string Name => "every order's stock is held while it waits to be paid, taken for good once it is, and given back when it is cancelled";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class LinesMatchStock(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.order_lines",
        """
        select format('order %s has %s of variant %s, its claim took %s', coalesce(l.order_id, t.order_id), coalesce(l.quantity, 0), coalesce(l.variant_id, t.variant_id), coalesce(t.quantity, 0))
        from shop.order_lines l
        full join (
            select o.id as order_id, p.subject_id as variant_id, g.change as quantity
            from shop.orders o join inventory.ledger g on g.claim_id = o.claim_id and g.entry = 'take' join inventory.pools p on p.id = g.pool_id and p.kind = 'variant'
        ) t on t.order_id = l.order_id and t.variant_id = l.variant_id
        where l.quantity is distinct from t.quantity
        union all
        select format('variant %s has %s taken and %s ordered', coalesce(p.subject_id, l.variant_id), coalesce(p.taken, 0), coalesce(l.ordered, 0))
        from (select subject_id, taken from inventory.pools where kind = 'variant') p
        full join (
            select l.variant_id, sum(l.quantity) as ordered from shop.order_lines l join shop.orders o on o.id = l.order_id where o.status <> 'cancelled' group by l.variant_id
        ) l on l.variant_id = p.subject_id
        where coalesce(p.taken, 0) <> coalesce(l.ordered, 0)
        """);

    public string Name => "every variant has as many taken as are ordered, line by line";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class TotalsAddUp(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.orders",
        """
        select format('order %s comes to %s, its lines to %s', o.id, o.total, coalesce(l.total, 0))
        from shop.orders o left join (select order_id, sum(total) as total from shop.order_lines group by order_id) l on l.order_id = o.id
        where o.total is distinct from l.total
        union all
        select format('order %s is not found by its line %s', o.id, l.sku)
        from shop.orders o join shop.order_lines l on l.order_id = o.id where position(l.sku || ' ' || l.product_name in o.goods) = 0
        union all
        select format('order %s is %s, its history ends with %s', o.id, o.status, coalesce(h.to_status, 'nothing'))
        from shop.orders o left join lateral (select to_status from shop.order_changes c where c.order_id = o.id order by c.id desc limit 1) h on true
        where o.status is distinct from h.to_status
        """);

    public string Name => "every order comes to what its lines add up to, is found by them, and its history ends where it stands";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class OrdersMatchPayments(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.payments",
        """
        select format('order %s is %s with payments %s', o.id, o.status, coalesce(p.statuses, 'none'))
        from shop.orders o
        left join (
            select order_id, string_agg(status, ', ' order by attempt) as statuses, count(*) filter (where status = 'paid') as paid,
                count(*) filter (where status in ('paid', 'refund_due', 'refunded')) as received
            from shop.payments group by order_id
        ) p on p.order_id = o.id
        where case when o.status in ('pending', 'cancelled') then coalesce(p.paid, 0) > 0 else coalesce(p.received, 0) = 0 or p.paid > 1 end
        union all
        select format('order %s of %s %s was paid with %s %s', o.id, o.total, o.currency, p.amount, p.currency)
        from shop.payments p join shop.orders o on o.id = p.order_id
        where p.status = 'paid' and (p.amount, p.currency) is distinct from (o.total, o.currency)
        """);

    public string Name => "every order is paid once and in full when it says so, and never while it waits or is cancelled";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
