using Npgsql;
using NpgsqlTypes;

namespace Maydon.Inventory.Claims.Writing;

/// <summary>The statements around a batch. Each handles all its rows at once, so their number does not depend on the batch.</summary>
internal static partial class ClaimStatements
{
    public static NpgsqlBatchCommand Begin() => new("begin isolation level read committed");

    public static NpgsqlBatchCommand Commit() => new("commit");

    /// <summary>In id order, so that two writers with the same pools wait for each other instead of deadlocking.</summary>
    public static NpgsqlBatchCommand LockPools(IReadOnlyCollection<PoolKey> keys, bool skipLocked)
    {
        var kinds = new string[keys.Count];
        var subjects = new long[keys.Count];
        var i = 0;
        foreach (var key in keys)
            (kinds[i], subjects[i++]) = key;
        return new NpgsqlBatchCommand($"""
            select p.id, p.kind, p.subject_id, p.capacity, p.taken
            from unnest($1, $2) as wanted (kind, subject_id) join inventory.pools p using (kind, subject_id)
            order by p.id for update of p{(skipLocked ? " skip locked" : "")}
            """)
        {
            Parameters = { Array(kinds), Array(subjects) },
        };
    }

    public static LockedPool ReadPool(NpgsqlDataReader row) => new(
        row.GetInt64(0), new PoolKey(row.GetString(1), row.GetInt64(2)), row.IsDBNull(3) ? null : row.GetInt32(3), row.GetInt32(4));

    /// <summary>The claims a module's query names, with what each took.</summary>
    public static NpgsqlBatchCommand LoadClaims(NpgsqlBatchCommand ids)
    {
        ids.CommandText = $"""
            select c.id, c.kind, c.state, c.expires_at, l.pool_id, l.change
            from inventory.claims c join inventory.ledger l on l.claim_id = c.id and l.entry = 'take'
            where c.id in ({ids.CommandText})
            """;
        return ids;
    }

    public static void ReadClaim(NpgsqlDataReader row, ClaimDesk desk) => desk.AddClaim(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2) switch
        {
            "held" => ClaimState.Held,
            "confirmed" => ClaimState.Confirmed,
            "released" => ClaimState.Released,
            var state => throw new InvalidOperationException($"A claim cannot be {state}."),
        },
        row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
        row.GetInt64(4),
        row.GetInt32(5));

    public static void AddWrites(NpgsqlBatchCommandCollection writes, ClaimDesk desk)
    {
        var added = desk.Claims.Where(claim => claim.IsNew).ToList();
        if (added.Count > 0)
            writes.Add(InsertClaims(added, desk.Now));
        var changed = desk.Claims.Where(claim => claim is { IsNew: false, IsChanged: true }).ToList();
        if (changed.Count > 0)
            writes.Add(UpdateClaims(changed, desk.Now));
        var forgotten = false;
        ForgetLedger(ref forgotten);
        if (desk.Ledger.Count > 0 && !forgotten)
            writes.Add(InsertLedger(desk.Ledger, desk.Now));
        var pools = desk.Pools.Where(pool => pool.Change != 0).ToList();
        if (pools.Count > 0)
            writes.Add(UpdatePools(pools));
    }

    /// <summary>See <see cref="ClaimDesk"/>: a release build has no body for it.</summary>
    static partial void ForgetLedger(ref bool forgotten);

    private static NpgsqlBatchCommand InsertClaims(List<OpenClaim> claims, DateTimeOffset now) => new("""
        insert into inventory.claims (id, kind, state, expires_at, ended_at, created_at)
        select *, $6 from unnest($1, $2, $3, $4, $5)
        """)
    {
        Parameters =
        {
            Array(claims.ConvertAll(claim => claim.Id)),
            Array(claims.ConvertAll(claim => claim.Kind)),
            Array(claims.ConvertAll(claim => NameOf(claim.State))),
            Times(claims.ConvertAll(claim => claim.ExpiresAt?.UtcDateTime)),
            Times(claims.ConvertAll(claim => EndOf(claim, now))),
            Now(now),
        },
    };

    private static NpgsqlBatchCommand UpdateClaims(List<OpenClaim> claims, DateTimeOffset now) => new("""
        update inventory.claims c set state = n.state, expires_at = n.expires_at, ended_at = n.ended_at
        from unnest($1, $2, $3, $4) as n (id, state, expires_at, ended_at) where c.id = n.id
        """)
    {
        Parameters =
        {
            Array(claims.ConvertAll(claim => claim.Id)),
            Array(claims.ConvertAll(claim => NameOf(claim.State))),
            Times(claims.ConvertAll(claim => claim.ExpiresAt?.UtcDateTime)),
            Times(claims.ConvertAll(claim => EndOf(claim, now))),
        },
    };

    private static NpgsqlBatchCommand InsertLedger(List<LedgerLine> lines, DateTimeOffset now) => new("""
        insert into inventory.ledger (claim_id, pool_id, entry, change, reason, at)
        select *, $6 from unnest($1, $2, $3, $4, $5)
        """)
    {
        Parameters =
        {
            Array(lines.ConvertAll(line => line.ClaimId)),
            Array(lines.ConvertAll(line => line.PoolId)),
            Array(lines.ConvertAll(line => line.Entry == LedgerEntry.Take ? "take" : "release")),
            Array(lines.ConvertAll(line => line.Change)),
            Array(lines.ConvertAll(line => line.Reason)),
            Now(now),
        },
    };

    /// <summary>Adds to what is there rather than setting it: the check constraint stays the last guard even if memory were wrong.</summary>
    private static NpgsqlBatchCommand UpdatePools(List<LockedPool> pools) => new("""
        update inventory.pools p set taken = p.taken + n.change from unnest($1, $2) as n (id, change) where p.id = n.id
        """)
    {
        Parameters = { Array(pools.ConvertAll(pool => pool.Id)), Array(pools.ConvertAll(pool => pool.Change)) },
    };

    private static string NameOf(ClaimState state) => state switch
    {
        ClaimState.Held => "held",
        ClaimState.Confirmed => "confirmed",
        _ => "released",
    };

    private static DateTime? EndOf(OpenClaim claim, DateTimeOffset now) => claim.State == ClaimState.Released ? now.UtcDateTime : null;

    private static NpgsqlParameter<List<T>> Array<T>(List<T> values) => new() { TypedValue = values };

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };

    // A list that begins with a null does not say which kind of time it holds.
    private static NpgsqlParameter<List<DateTime?>> Times(List<DateTime?> values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<DateTime> Now(DateTimeOffset now) => new() { TypedValue = now.UtcDateTime };
}
