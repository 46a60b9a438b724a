using Maydon.Inventory;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Inventory;

/// <summary>Somebody else's transaction that holds a pool, so that the writer has to wait.</summary>
internal sealed class PoolLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PoolLock(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public static async Task<PoolLock> TakeAsync(TestServer server, PoolKey pool)
    {
        var connection = await server.Database.OpenConnectionAsync();
        var held = new PoolLock(connection, await connection.BeginTransactionAsync());
        await held.AddAsync(pool);
        return held;
    }

    public Task AddAsync(PoolKey pool) => Pools.LockAsync(_connection, pool, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

internal static class WriterBackend
{
    /// <summary>Returns once the writer's connection waits for a lock, or sleeps in a trigger.</summary>
    public static async Task WriterWaitsAsync(this TestServer server, string lane = "claims")
    {
        while (await server.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'maydon ' || $1 and state = 'active' and wait_event_type in ('Lock', 'Timeout')", lane) == 0)
            await Task.Delay(5);
    }

    /// <summary>Cuts the writer's connection from the other side; returns when it is gone.</summary>
    public static Task KillWriterAsync(this TestServer server) => server.ExecuteAsync(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and application_name = 'maydon claims'");
}
