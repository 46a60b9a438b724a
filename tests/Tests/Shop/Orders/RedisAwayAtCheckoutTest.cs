using Maydon.Inventory;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>Redis stands still, or is gone, between the reading of a cart and the emptying of it.</summary>
public sealed class RedisAwayAtCheckoutTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.With("--appendonly", "yes", "--appendfsync", "always");
    private readonly TestServer _server = new(postgres);

    public async ValueTask InitializeAsync()
    {
        var address = await _redis.AddressAsync();
        await _server.StartAsync(settings => settings with { RedisUrl = address });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_order_that_stands_is_answered_and_its_cart_is_found_spent(bool isKilled)
    {
        var (variant, other) = (await _server.OfferAsync(), await _server.OfferAsync());
        using var guest = _server.CreateBrowser();
        await guest.AddAsync(variant, 2);
        Task<Answer> order;
        // The writer waits for the pool meanwhile: the cart has been read, the order is not there yet.
        await using (var connection = await _server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
            order = guest.CheckOutAsync();
            await Task.Delay(300, TestContext.Current.CancellationToken);
            await (isKilled ? _redis.KillAsync() : _redis.FreezeAsync());
            await transaction.RollbackAsync();
        }

        Assert.Equal("201 pending", (await order).ToString());
        Assert.Equal((2, 1L), (await _server.TakenAsync(variant), await _server.CountOrdersAsync(variant)));
        await (isKilled ? _redis.StartAsync() : _redis.ThawAsync());
        for (var n = 0; (await guest.GetCartAsync()).Status == 503 && n < 100; n++)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal("", (await guest.GetCartAsync()).Lines);
        Assert.Equal($"{other.Id}×1", (await guest.AddAsync(other)).Lines);
        await _server.VerifyAsync();
    }
}
