using System.Security.Cryptography;
using Maydon.Inventory.Holds;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>What the handler of orders decides and writes, before HTTP.</summary>
public sealed class DecidingTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly OrderContact s_contact = new("Oʻgʻiloy", "o@example.org", "+998901234567", "Tashkent", Note: null);

    private OrderClaims Claims => server.App.Services.GetRequiredService<OrderClaims>();

    [Fact]
    public async Task An_order_is_placed_cancelled_and_its_stock_comes_back()
    {
        var variant = await server.AddVariantAsync(stock: 5, price: 999.99m);
        var order = (await PlaceAsync(NewCart(), new OrderedItem(variant, 2), new OrderedItem(variant, 1))).Order!;

        Assert.Equal(2999.97m, order.Total);
        Assert.Equal(3, await server.StockTakenAsync(variant));
        Assert.Equal(2999.97m, await server.ScalarAsync<decimal>("select total from shop.order_lines where order_id = $1", order.Id));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from kernel.outbox where kind = 'shop.order_received' and (payload->>'order_id')::bigint = $1", order.Id));

        var cancelled = await Claims.DecideAsync(new CancelOrder(order.Id, new OrderAccess(UserId: null, new byte[32], IsStaff: false, HasLink: false), [variant]), CancellationToken.None);

        Assert.Equal(OrderStatus.Cancelled, cancelled.Order!.Status);
        Assert.Equal("cancelled", await server.OrderStatusAsync(order.Id));
        Assert.Equal(0, await server.StockTakenAsync(variant));
        Assert.Equal(["→pending ordered", "pending→cancelled cancelled by the buyer"], await server.ScalarAsync<string[]>(
            "select array_agg(concat(from_status, '→', to_status, ' ', reason) order by id) from shop.order_changes where order_id = $1", order.Id) ?? []);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_hold_that_runs_out_ends_the_order()
    {
        var variant = await server.AddVariantAsync(stock: 1);
        var order = (await PlaceAsync(NewCart(), new OrderedItem(variant, 1))).Order!;
        Assert.Equal("out_of_stock", (await PlaceAsync(NewCart(), new OrderedItem(variant, 1))).Refusal!.Code);

        server.Clock.Advance(TimeSpan.FromMinutes(31));
        await server.RunJobAsync<ReleaseDueHolds>();

        Assert.Equal("hold expired", await server.ScalarAsync<string>("select cancel_reason from shop.orders where id = $1 and status = 'cancelled'", order.Id));
        Assert.Equal(0, await server.StockTakenAsync(variant));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task One_cart_makes_one_order()
    {
        var variant = await server.AddVariantAsync(stock: 50);
        var cart = NewCart();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PlaceAsync(cart, new OrderedItem(variant, 1))));

        Assert.Single(decisions.Select(decision => decision.Order!.Id).Distinct());
        Assert.Equal(1, await server.StockTakenAsync(variant));
        Assert.Equal("cart_empty", (await PlaceAsync(cart, new OrderedItem(variant, 2))).Refusal!.Code);
    }

    private static Guid NewCart() => new(RandomNumberGenerator.GetBytes(16));

    private Task<OrderDecision> PlaceAsync(Guid cart, params OrderedItem[] items) => Claims.DecideAsync(
        new PlaceOrder(cart, UserId: null, new byte[32], s_contact, "uz", TimeSpan.FromMinutes(30), items), CancellationToken.None);
}
