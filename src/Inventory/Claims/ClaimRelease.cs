using Npgsql;
using NpgsqlTypes;

namespace Maydon.Inventory.Claims;

/// <summary>Gives back many claims at once when what they were for has ended as a whole.</summary>
public static class ClaimRelease
{
    private const string Sql = """
        with released as (
            update inventory.claims set state = 'released', expires_at = null, ended_at = $4
            where id = any($2) and state <> 'released'
            returning id
        ), lines as (
            insert into inventory.ledger (claim_id, pool_id, entry, change, reason, at)
            select l.claim_id, l.pool_id, 'release', -l.change, $3, $4
            from released r join inventory.ledger l on l.claim_id = r.id and l.entry = 'take' and l.pool_id = $1
            returning change
        )
        update inventory.pools set taken = taken + (select coalesce(sum(change), 0) from lines) where id = $1
        """;

    /// <summary>
    /// Inside the caller's transaction; the pool stays locked until its end. Claims that are released already are passed over.
    /// </summary>
    /// <param name="claimIds">Claims that take from this pool and no other.</param>
    public static async Task OfPoolAsync(
        NpgsqlConnection connection, PoolKey pool, IReadOnlyCollection<long> claimIds, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The pool before the claims, as the claim writer does it.
        long poolId;
        await using (var locking = new NpgsqlCommand("select id from inventory.pools where kind = $1 and subject_id = $2 for update", connection))
        {
            locking.Parameters.Add(new() { Value = pool.Kind });
            locking.Parameters.Add(new() { Value = pool.SubjectId });
            poolId = await locking.ExecuteScalarAsync(cancellationToken) is long found ? found : throw new InvalidOperationException($"There is no pool {pool}.");
        }

        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = poolId },
                new() { Value = claimIds.ToArray() },
                new() { Value = reason },
                new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
