using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Orders.Mails;

/// <summary>One mail for one order: the outbox's key rules out a second, this looks for the first as long as the outbox remembers it.</summary>
internal sealed class EveryOrderIsConfirmed(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.orders where created_at > now() - interval '29 days'",
        """
        select format('order %s with claim %s has no confirmation in the outbox', id, claim_id)
        from shop.orders o
        where o.status = 'pending' and o.created_at > now() - interval '29 days'
        and not exists (select from kernel.outbox m where m.kind = 'shop.order_received' and m.subject = 'order:' || o.id || ':' || o.claim_id)
        """);

    public string Name => "every order of the last 29 days that waits to be paid has its confirmation in the outbox";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
