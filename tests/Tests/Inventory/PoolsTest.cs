using Maydon.Inventory;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Inventory;

public sealed class PoolsTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task A_pool_is_made_once_per_subject_and_read_back()
    {
        await using var connection = await server.Database.OpenConnectionAsync(s_none);
        await Pools.CreateAsync(connection, new PoolKey("made", 1), 5, s_none);
        await Pools.CreateAsync(connection, new PoolKey("made", 2), null, s_none);
        await Pools.CreateManyAsync(connection, "made", [(3, 0), (4, null)], s_none);

        var levels = await Pools.ReadAsync(connection, "made", [1, 2, 3, 4, 5], s_none);
        Assert.Equal([1, 2, 3, 4], levels.Keys.Order());
        Assert.Equal(new PoolLevel(5, 0), levels[1]);
        Assert.Equal(5, levels[1].Available);
        Assert.Null(levels[2].Available);
        Assert.Equal(0, levels[3].Available);
        Assert.Null(levels[4].Capacity);

        var again = await Assert.ThrowsAsync<PostgresException>(() => Pools.CreateAsync(connection, new PoolKey("made", 1), 5, s_none));
        Assert.Equal("pools_subject", again.ConstraintName);
    }

    [Fact]
    public async Task Capacity_changes_but_never_below_what_is_taken()
    {
        await using var connection = await server.Database.OpenConnectionAsync(s_none);
        var key = new PoolKey("resized", 1);
        await Pools.CreateAsync(connection, key, 5, s_none);
        await server.ExecuteAsync("update inventory.pools set taken = 3 where kind = 'resized'");

        Assert.Equal(new CapacityChange(true, new PoolLevel(3, 3)), await Pools.SetCapacityAsync(connection, key, 3, s_none));
        Assert.Equal(new CapacityChange(false, new PoolLevel(3, 3)), await Pools.SetCapacityAsync(connection, key, 2, s_none));
        Assert.Equal(new PoolLevel(3, 3), (await Pools.ReadAsync(connection, "resized", [1], s_none))[1]);
        Assert.Equal(new CapacityChange(true, new PoolLevel(null, 3)), await Pools.SetCapacityAsync(connection, key, null, s_none));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Pools.SetCapacityAsync(connection, new PoolKey("resized", 2), 2, s_none));
    }

    [Theory]
    [InlineData("update inventory.pools set taken = 2 where kind = 'guarded'", "pools_never_oversold")]
    [InlineData("update inventory.pools set taken = -1 where kind = 'guarded'", "pools_never_oversold")]
    [InlineData("update inventory.pools set capacity = -1 where kind = 'guarded'", "pools_capacity")]
    [InlineData("delete from inventory.pools where kind = 'guarded'", null)]
    [InlineData("update inventory.ledger set change = 1", null)]
    [InlineData("delete from inventory.ledger", null)]
    [InlineData("truncate inventory.ledger", null)]
    [InlineData("insert into inventory.ledger values (1, 1, 'take', -1, '', now())", "ledger_signed")]
    [InlineData("insert into inventory.ledger values (1, 1, 'take', 1, '', now()), (1, 1, 'take', 1, '', now())", "ledger_once")]
    [InlineData("insert into inventory.claims (kind, state, created_at) values ('x', 'held', now())", "claims_hold_has_expiry")]
    public async Task The_database_itself_refuses_what_must_not_be(string sql, string? constraint)
    {
        await server.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity) values ('guarded', 1, 1) on conflict do nothing");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => server.ExecuteAsync(sql));
        Assert.Equal(constraint, refusal.ConstraintName);
        Assert.StartsWith("23", refusal.SqlState, StringComparison.Ordinal);
    }
}
