using Maydon.Inventory.Claims;
using Maydon.Inventory.Holds;
using Maydon.Tests.Support;

namespace Maydon.Tests.Inventory;

/// <summary>Claims on several pools that are held for a while.</summary>
public sealed class HoldTest(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StoreClaims.StartAsync(postgres);
        await _server.StockAsync((1, 5), (2, 1), (3, null), (4, 0));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_claim_takes_from_all_its_pools_or_from_none()
    {
        var taken = await _server.TakeAsync(null, (2, 1), (1, 2), (3, 100));
        Assert.NotNull(taken!.ClaimId);
        Assert.Equal((2, 1, 100), (await _server.SoldAsync(1), await _server.SoldAsync(2), await _server.SoldAsync(3)));

        var refused = await _server.TakeAsync(null, (1, 1), (2, 1), (3, 1));
        Assert.Equal(new StoreResult(null, null, Store.Sku(2), 0), refused);
        Assert.Equal((2, 1, 100), (await _server.SoldAsync(1), await _server.SoldAsync(2), await _server.SoldAsync(3)));
        Assert.Equal(new StoreResult(null, null, Store.Sku(4), 0), await _server.TakeAsync(null, (4, 1)));
        Assert.Equal(new StoreResult(null, null, Store.Sku(99), 0), await _server.TakeAsync(null, (99, 1)));
        Assert.Equal(1L, await _server.ScalarAsync<long>("select count(*) from inventory.claims"));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task The_same_pool_named_twice_counts_twice()
    {
        Assert.Equal(new StoreResult(null, null, Store.Sku(1), 5), await _server.TakeAsync(null, (1, 3), (1, 3)));
        Assert.NotNull((await _server.TakeAsync(null, (1, 3), (1, 2)))!.ClaimId);
        Assert.Equal(5, await _server.SoldAsync(1));
        Assert.Equal(1L, await _server.ScalarAsync<long>("select count(*) from inventory.ledger"));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_hold_is_confirmed_or_extended_or_released_and_repeating_changes_nothing()
    {
        var until = _server.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        var held = (await _server.TakeAsync(until, (1, 2), (2, 1)))!.ClaimId!.Value;

        Assert.Equal(ClaimChange.Done, await _server.ChangeAsync(StoreWish.Extend, held, until.AddMinutes(10), 1, 2));
        Assert.Equal(ClaimChange.AlreadySo, await _server.ChangeAsync(StoreWish.Extend, held, until.AddMinutes(5), 1, 2));
        Assert.Equal(ClaimChange.NotPossible, await _server.ChangeAsync(StoreWish.Expire, held, null, 1, 2));
        Assert.Equal(ClaimChange.Done, await _server.ChangeAsync(StoreWish.Confirm, held, null, 1, 2));
        Assert.Equal(ClaimChange.AlreadySo, await _server.ChangeAsync(StoreWish.Confirm, held, null, 1, 2));
        Assert.Equal(ClaimChange.NotPossible, await _server.ChangeAsync(StoreWish.Extend, held, until.AddHours(1), 1, 2));
        Assert.Equal((2, 1), (await _server.SoldAsync(1), await _server.SoldAsync(2)));

        Assert.Equal(ClaimChange.Done, await _server.ChangeAsync(StoreWish.Release, held, null, 1, 2));
        Assert.Equal(ClaimChange.AlreadySo, await _server.ChangeAsync(StoreWish.Release, held, null, 1, 2));
        Assert.Equal(ClaimChange.NotPossible, await _server.ChangeAsync(StoreWish.Confirm, held, null, 1, 2));
        Assert.Equal((0, 0), (await _server.SoldAsync(1), await _server.SoldAsync(2)));
        Assert.Equal(ClaimChange.NotFound, await _server.ChangeAsync(StoreWish.Release, 999_999, null, 1));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task Holds_whose_time_is_over_are_released_once_and_the_others_stay()
    {
        var now = _server.Clock.GetUtcNow();
        var due = (await _server.TakeAsync(now.AddMinutes(10), (1, 1), (2, 1)))!.ClaimId!.Value;
        var confirmed = (await _server.TakeAsync(now.AddMinutes(10), (1, 1)))!.ClaimId!.Value;
        var extended = (await _server.TakeAsync(now.AddMinutes(10), (1, 1)))!.ClaimId!.Value;
        await _server.ChangeAsync(StoreWish.Confirm, confirmed, null, 1);
        await _server.ChangeAsync(StoreWish.Extend, extended, now.AddMinutes(30), 1);
        await _server.RunJobAsync<ReleaseDueHolds>();
        Assert.Equal((3, 1), (await _server.SoldAsync(1), await _server.SoldAsync(2)));

        _server.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Single(await _server.DriftsAsync());
        await Task.WhenAll(_server.RunJobAsync<ReleaseDueHolds>(), _server.RunJobAsync<ReleaseDueHolds>());

        Assert.Equal((2, 0), (await _server.SoldAsync(1), await _server.SoldAsync(2)));
        Assert.Equal("expired", await _server.ScalarAsync<string>("select distinct reason from inventory.ledger where claim_id = $1 and entry = 'release'", due));
        Assert.Equal(1L, await _server.ScalarAsync<long>("select count(*) from inventory.orders where claim_id = $1 and state = 'Expire'", due));
        Assert.Equal(ClaimChange.NotPossible, await _server.ChangeAsync(StoreWish.Confirm, due, null, 1, 2));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task More_holds_than_a_page_end_in_one_run()
    {
        await _server.StockAsync((10, null));
        var until = _server.Clock.GetUtcNow().AddMinutes(1);
        await Task.WhenAll(Enumerable.Range(0, 450).Select(_ => _server.TakeAsync(until, (10, 1))));
        _server.Clock.Advance(TimeSpan.FromMinutes(2));

        await _server.RunJobAsync<ReleaseDueHolds>();

        Assert.Equal(0, await _server.SoldAsync(10));
        Assert.Empty(await _server.DriftsAsync());
    }
}
