using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Inventory;

/// <summary>Names a pool by what it belongs to, for example the seats of event 42: <c>("event", 42)</c>.</summary>
public readonly record struct PoolKey(string Kind, long SubjectId);

/// <summary>What a pool holds; <paramref name="Capacity"/> null means unlimited.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PoolLevel(int? Capacity, int Taken)
{
    /// <summary>What is left, null when unlimited.</summary>
    public int? Available => Capacity - Taken;
}

/// <summary>The outcome of a change of capacity; when it was refused, <paramref name="Level"/> is what stood in its way.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CapacityChange(bool Changed, PoolLevel Level);

/// <summary>Why a stocked pool has more or less than before. <paramref name="MovedBy"/> null means a program did it.</summary>
public sealed record StockMovement(int Change, string Reason, string? Note, long? MovedBy, DateTimeOffset At);

/// <summary>
/// Makes, resizes and reads pools on the caller's connection, inside its transaction when there is one. Taking and giving back is the
/// claim writer's alone. A transaction that also locks rows a claim reads should touch the pool first.
/// </summary>
public static class Pools
{
    /// <summary>Makes the pool; a second one for the same subject violates <c>pools_subject</c>.</summary>
    /// <param name="capacity">Null is unlimited, 0 is closed.</param>
    public static async Task CreateAsync(NpgsqlConnection connection, PoolKey key, int? capacity, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("insert into inventory.pools (kind, subject_id, capacity) values ($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = key.Kind });
        command.Parameters.Add(new() { Value = key.SubjectId });
        command.Parameters.Add(Nullable(capacity));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Many pools of one kind in one statement.</summary>
    public static async Task CreateManyAsync(
        NpgsqlConnection connection, string kind, IReadOnlyCollection<(long SubjectId, int? Capacity)> pools, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("insert into inventory.pools (kind, subject_id, capacity) select $1, * from unnest($2, $3)", connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = pools.Select(pool => pool.SubjectId).ToArray() });
        command.Parameters.Add(new() { Value = pools.Select(pool => pool.Capacity).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Changes how much there is, unless more than that is taken already. The row stays locked until the caller's transaction ends,
    /// so that no claim comes between the answer and the commit.
    /// </summary>
    public static async Task<CapacityChange> SetCapacityAsync(NpgsqlConnection connection, PoolKey key, int? capacity, CancellationToken cancellationToken)
    {
        // Locked first, then compared: a conditional update alone could not tell a refusal from a pool that is not there.
        if (await LockAsync(connection, key, cancellationToken) is not { } level)
            throw new InvalidOperationException($"There is no pool {key}.");
        if (capacity < level.Taken)
            return new CapacityChange(false, level);
        await using var command = new NpgsqlCommand("update inventory.pools set capacity = $3 where kind = $1 and subject_id = $2", connection);
        command.Parameters.Add(new() { Value = key.Kind });
        command.Parameters.Add(new() { Value = key.SubjectId });
        command.Parameters.Add(Nullable(capacity));
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new CapacityChange(true, level with { Capacity = capacity });
    }

    /// <summary>
    /// Puts something into a stocked pool, or takes a miscount out of it (negative), and writes down why. Refused when less would be left
    /// than is taken. The row stays locked until the caller's transaction ends.
    /// </summary>
    public static async Task<CapacityChange> MoveAsync(NpgsqlConnection connection, PoolKey key, StockMovement movement, CancellationToken cancellationToken)
    {
        if (await LockAsync(connection, key, cancellationToken) is not { Capacity: { } capacity } level)
            throw new InvalidOperationException($"There is no stocked pool {key}.");
        var after = (long)capacity + movement.Change;
        if (after < level.Taken || after > int.MaxValue)
            return new CapacityChange(false, level);
        await using var command = new NpgsqlCommand(
            """
            with moved as (update inventory.pools set capacity = $3 where kind = $1 and subject_id = $2 returning id)
            insert into inventory.movements (pool_id, change, reason, note, moved_by, at) select id, $4, $5, $6, $7, $8 from moved
            """,
            connection);
        command.Parameters.Add(new() { Value = key.Kind });
        command.Parameters.Add(new() { Value = key.SubjectId });
        command.Parameters.Add(new() { Value = (int)after });
        command.Parameters.Add(new() { Value = movement.Change });
        command.Parameters.Add(new() { Value = movement.Reason });
        command.Parameters.Add(new() { Value = (object?)movement.Note ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)movement.MovedBy ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = movement.At.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new CapacityChange(true, level with { Capacity = (int)after });
    }

    /// <summary>Locks the pool until the caller's transaction ends: no claim on it is decided meanwhile. Null when there is none.</summary>
    public static async Task<PoolLevel?> LockAsync(NpgsqlConnection connection, PoolKey key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select capacity, taken from inventory.pools where kind = $1 and subject_id = $2 for update", connection);
        command.Parameters.Add(new() { Value = key.Kind });
        command.Parameters.Add(new() { Value = key.SubjectId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadLevel(reader, 0) : null;
    }

    /// <summary>Locks the pools of these subjects until the caller's transaction ends, in the order in which claims lock theirs.</summary>
    public static async Task LockManyAsync(NpgsqlConnection connection, string kind, IReadOnlyCollection<long> subjectIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id from inventory.pools where kind = $1 and subject_id = any($2) order by id for update", connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = subjectIds.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The levels of the subjects that have a pool, as last committed: for showing, never for deciding.</summary>
    public static async Task<Dictionary<long, PoolLevel>> ReadAsync(
        NpgsqlConnection connection, string kind, IReadOnlyCollection<long> subjectIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select capacity, taken, subject_id from inventory.pools where kind = $1 and subject_id = any($2)", connection);
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = subjectIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var levels = new Dictionary<long, PoolLevel>(subjectIds.Count);
        while (await reader.ReadAsync(cancellationToken))
            levels[reader.GetInt64(2)] = ReadLevel(reader, 0);
        return levels;
    }

    private static PoolLevel ReadLevel(NpgsqlDataReader reader, int ordinal) =>
        new(reader.IsDBNull(ordinal) ? null : reader.GetInt32(ordinal), reader.GetInt32(ordinal + 1));

    private static NpgsqlParameter Nullable(int? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
}
