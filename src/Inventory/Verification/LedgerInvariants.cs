using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Inventory.Verification;

internal sealed class PoolsMatchLedger(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from inventory.pools",
        """
        select format('pool %s (%s %s) has %s taken, its ledger adds up to %s', p.id, p.kind, p.subject_id, p.taken, coalesce(l.taken, 0))
        from inventory.pools p left join (select pool_id, sum(change) as taken from inventory.ledger group by pool_id) l on l.pool_id = p.id
        where p.taken <> coalesce(l.taken, 0)
        union all
        select format('pool %s (%s %s) has %s taken of %s', id, kind, subject_id, taken, capacity) from inventory.pools where taken < 0 or taken > capacity
        union all
        select format('the ledger has %s of pool %s, which does not exist', sum(change), pool_id)
        from inventory.ledger l where not exists (select from inventory.pools p where p.id = l.pool_id) group by pool_id
        """);

    public string Name => "every pool has taken what its ledger adds up to, and never more than there is";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class ClaimsMatchLedger(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from inventory.claims",
        """
        select format('claim %s (%s) is %s, its ledger has %s taken and %s given back', c.id, c.kind, c.state, coalesce(l.taken, 0), coalesce(l.given, 0))
        from inventory.claims c
        left join (
            select claim_id, sum(taken) as taken, sum(given) as given, bool_and(given in (0, taken)) as whole, count(*) filter (where given <> 0) as released
            from (
                select claim_id, pool_id,
                    coalesce(sum(change) filter (where entry = 'take'), 0) as taken, coalesce(-sum(change) filter (where entry = 'release'), 0) as given
                from inventory.ledger group by claim_id, pool_id
            ) per_pool group by claim_id
        ) l on l.claim_id = c.id
        where coalesce(l.taken, 0) <= 0 or not l.whole or l.given <> case c.state when 'released' then l.taken else 0 end
        union all
        select format('the ledger has claim %s, which does not exist', claim_id)
        from inventory.ledger l where not exists (select from inventory.claims c where c.id = l.claim_id) group by claim_id
        """);

    public string Name => "every claim took something, and gave back all of it exactly when it was released";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class HoldsEndInTime(NpgsqlDataSource database, TimeProvider clock) : IInvariantCheck
{
    // The job that ends them runs every minute; a node that was down catches up at its first run.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static readonly InvariantQuery s_query = new(
        "select count(*) from inventory.claims where expires_at is not null",
        "select format('claim %s (%s) is held since it ended at %s', id, kind, expires_at) from inventory.claims where expires_at < $1");

    public string Name => "no hold outlives its time";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(
        database, cancellationToken, new NpgsqlParameter { Value = (clock.Now() - s_patience).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
}
