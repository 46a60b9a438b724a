using System.Data;
using Npgsql;

namespace Maydon.Faults;

/// <summary>What must hold of orders at every moment, in SQL of its own: it shares nothing with the server's <c>verify</c>.</summary>
internal static class OrderInvariants
{
    private static readonly string[] s_queries =
    [
        "select format('pool %s is oversold: %s of %s', id, taken, capacity) from inventory.pools where taken > capacity or taken < 0",
        """
        select format('pool %s has %s taken, its ledger says %s', p.id, p.taken, coalesce(l.sum, 0))
        from inventory.pools p left join (select pool_id, sum(change) from inventory.ledger group by pool_id) l on l.pool_id = p.id
        where p.taken <> coalesce(l.sum, 0)
        """,
        """
        select format('variant %s has %s taken, orders have %s', p.subject_id, p.taken, coalesce(l.sum, 0))
        from inventory.pools p
        left join (select variant_id, sum(quantity) from shop.order_lines join shop.orders o on o.id = order_id where o.status <> 'cancelled' group by 1) l on l.variant_id = p.subject_id
        where p.kind = 'variant' and p.taken <> coalesce(l.sum, 0)
        """,
        """
        select format('order %s is %s, its claim %s is %s', o.id, o.status, o.claim_id, coalesce(c.state, 'missing'))
        from shop.orders o left join inventory.claims c on c.id = o.claim_id
        where coalesce(c.state, 'missing') <> case o.status when 'pending' then 'held' when 'cancelled' then 'released' else 'confirmed' end
        """,
        """
        select format('claim %s is %s and belongs to %s orders', c.id, c.state, count(o.id))
        from inventory.claims c left join shop.orders o on o.claim_id = c.id group by c.id having count(o.id) <> 1
        """,
        """
        select format('order %s has lines of %s and claims %s', o.id, coalesce(l.lines, 'nothing'), coalesce(t.lines, 'nothing'))
        from shop.orders o
        left join (select order_id, string_agg(format('%s×%s', variant_id, quantity), ' ' order by variant_id) as lines from shop.order_lines group by 1) l on l.order_id = o.id
        left join (
            select g.claim_id, string_agg(format('%s×%s', p.subject_id, g.change), ' ' order by p.subject_id) as lines
            from inventory.ledger g join inventory.pools p on p.id = g.pool_id where g.entry = 'take' group by 1) t on t.claim_id = o.claim_id
        where l.lines is distinct from t.lines
        """,
        "select format('order %s comes to %s, its lines to %s', o.id, o.total, sum(l.total)) from shop.orders o left join shop.order_lines l on l.order_id = o.id group by o.id having o.total is distinct from sum(l.total)",
        "select format('cart %s has %s orders', cart_ref, count(*)) from shop.orders group by cart_ref having count(*) > 1",
        """
        select format('order %s is %s and has %s mails', o.id, o.status, coalesce(m.kinds, 'no'))
        from shop.orders o
        left join (select split_part(subject, ':', 2)::bigint as id, string_agg(kind, ' ' order by kind) as kinds from kernel.outbox where subject like 'order:%' group by 1) m on m.id = o.id
        where m.kinds is distinct from case o.status when 'cancelled' then 'shop.order_cancelled shop.order_received' else 'shop.order_received' end
        """,
    ];

    public static async Task CheckAsync(NpgsqlDataSource database, Findings findings, string when)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        foreach (var query in s_queries)
        {
            await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 300 };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                findings.Violation($"{when}: {reader.GetString(0)}");
        }

        findings.Count("snapshots checked");
    }

    /// <summary>Holds what is stored against what the shoppers know; nobody may be acting meanwhile.</summary>
    public static async Task CompareAsync(NpgsqlDataSource database, IReadOnlyList<Shopper> shoppers, Findings findings, string when)
    {
        var stored = new Dictionary<long, string>();
        await using (var command = database.CreateCommand("select id, status from shop.orders"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                stored.Add(reader.GetInt64(0), reader.GetString(1));
        }

        foreach (var (order, state) in shoppers.SelectMany(shopper => shopper.Orders))
        {
            if (!stored.Remove(order, out var status))
                findings.Violation($"{when}: order {order} was acknowledged and is gone");
            else if (status != (state == PurchaseState.Pending ? "pending" : "cancelled"))
                findings.Violation($"{when}: order {order} should be {state}, stored is {status}");
        }

        foreach (var (order, status) in stored)
            findings.Violation($"{when}: order {order} is stored as {status}, and nobody knows of it");
        findings.Count("comparisons with the clients");
    }
}
