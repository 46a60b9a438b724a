using Maydon.Inventory.Claims;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Inventory.Holds;

/// <summary>
/// Ends the holds whose time is over, each through the handler of its kind, which decides under the pools' locks: a hold that is confirmed
/// or extended at the same moment stays.
/// </summary>
internal sealed class ReleaseDueHolds(NpgsqlDataSource database, IEnumerable<IClaimHandler> handlers, TimeProvider clock) : IScheduledJob
{
    private const int PageSize = 200;

    private const string Sql = """
        select c.id, c.kind, c.expires_at, array_agg(p.kind), array_agg(p.subject_id)
        from (
            select id, kind, expires_at from inventory.claims
            where expires_at <= $1 and (expires_at, id) > ($2, $3) and kind = any($4)
            order by expires_at, id limit $5
        ) c
        join inventory.ledger l on l.claim_id = c.id and l.entry = 'take'
        join inventory.pools p on p.id = l.pool_id
        group by c.id, c.kind, c.expires_at
        order by c.expires_at, c.id
        """;

    // A kind that no module here knows belongs to one that is switched off; its holds wait for it.
    private readonly Dictionary<string, IClaimHandler> _handlers = handlers.ToDictionary(handler => handler.ClaimKind);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var (lastTime, lastId) = (DateTimeOffset.MinValue, 0L);
        List<Found> page;
        do
        {
            page = await ReadAsync(now, lastTime, lastId, cancellationToken);
            // All at once, so that they share the writer's commits.
            await Task.WhenAll(page.Select(found => _handlers[found.Kind].ExpireAsync(found.Hold, cancellationToken)));
            if (page is [.., var last])
                (lastTime, lastId) = (last.ExpiresAt, last.Hold.ClaimId);
        }
        while (page.Count == PageSize);
    }

    private async Task<List<Found>> ReadAsync(DateTimeOffset now, DateTimeOffset lastTime, long lastId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                Time(now),
                Time(lastTime),
                new() { Value = lastId },
                new() { Value = _handlers.Keys.ToArray() },
                new() { Value = PageSize },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<Found>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var pools = reader.GetFieldValue<string[]>(3).Zip(reader.GetFieldValue<long[]>(4), (kind, subject) => new PoolKey(kind, subject));
            page.Add(new Found(reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), new DueHold(reader.GetInt64(0), [.. pools])));
        }

        return page;
    }

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private sealed record Found(string Kind, DateTimeOffset ExpiresAt, DueHold Hold);
}
