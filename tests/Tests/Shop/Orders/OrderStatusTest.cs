using System.Net;
using Maydon.Inventory.Holds;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>Cancelling, expiring, and the arrows that staff may take.</summary>
public sealed class OrderStatusTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_buyer_cancels_before_paying_and_the_stock_is_back()
    {
        var variant = await server.OfferAsync(stock: 2);
        var (buyer, id) = await server.OrderAsync(variant, 2);
        Assert.Equal(2, await server.TakenAsync(variant));

        Assert.Equal("200 cancelled", (await buyer.CancelOrderAsync(id)).ToString());

        Assert.Equal(0, await server.TakenAsync(variant));
        Assert.Equal("409 order_cancelled", (await buyer.CancelOrderAsync(id)).ToString());
        Assert.Equal(["→pending ordered", "pending→cancelled cancelled by the buyer"], await server.HistoryAsync(id));
        Assert.Equal(1, await server.CountMailsAsync(id, "shop.order_cancelled"));
        Assert.Equal("cancelled by the buyer", await server.ScalarAsync<string>(
            "select reason from inventory.ledger where entry = 'release' and claim_id = (select claim_id from shop.orders where id = $1)", id));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Paid_it_is_cancelled_by_staff_alone_and_the_money_goes_back()
    {
        var variant = await server.OfferAsync();
        var (buyer, id) = await server.OrderAsync(variant, account: await server.CreateUserAsync());
        await server.PayAsync(id);
        using var staff = await server.SignInAsync("staff");

        Assert.Equal("409 status_not_allowed", (await buyer.CancelOrderAsync(id)).ToString());
        Assert.Equal("paid", await server.ScalarAsync<string>("select status from shop.payments where order_id = $1", id));
        Assert.Equal("200 cancelled", (await staff.CancelOrderAsync(id)).ToString());

        Assert.Equal("refund_due", await server.ScalarAsync<string>("select status from shop.payments where order_id = $1", id));
        Assert.Equal(0, await server.TakenAsync(variant));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_hold_that_runs_out_ends_the_order_and_says_so()
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var variant = await fresh.OfferAsync(stock: 1);
        var (_, id) = await fresh.OrderAsync(variant);
        fresh.Clock.Advance(TimeSpan.FromMinutes(29));
        await fresh.RunJobAsync<ReleaseDueHolds>();
        Assert.Equal("pending", await fresh.StatusAsync(id));

        fresh.Clock.Advance(TimeSpan.FromMinutes(2));
        await fresh.RunJobAsync<ReleaseDueHolds>();
        await fresh.RunJobAsync<ReleaseDueHolds>();

        Assert.Equal(["→pending ordered", "pending→cancelled hold expired"], await fresh.HistoryAsync(id));
        Assert.Equal(0, await fresh.TakenAsync(variant));
        Assert.Equal(1, await fresh.CountMailsAsync(id, "shop.order_cancelled"));
        await fresh.VerifyAsync();
        await fresh.OrderAsync(variant);
    }

    [Fact]
    public async Task Staff_follow_the_arrows_and_no_other_way()
    {
        var variant = await server.OfferAsync();
        var (_, id) = await server.OrderAsync(variant);
        using var staff = await server.SignInAsync("staff");
        async Task RefuseAsync(params string[] others)
        {
            foreach (var status in others)
                Assert.Equal("409 status_not_allowed", (await staff.PatchStatusAsync(id, status)).ToString());
        }

        await RefuseAsync("pending", "paid", "shipped", "delivered");
        await server.PayAsync(id);
        await RefuseAsync("pending", "paid", "delivered");
        Assert.Equal("200 shipped", (await staff.PatchStatusAsync(id, "shipped")).ToString());
        await RefuseAsync("pending", "paid", "shipped", "cancelled");
        Assert.Equal("409 status_not_allowed", (await staff.CancelOrderAsync(id)).ToString());
        Assert.Equal("200 delivered", (await staff.PatchStatusAsync(id, "delivered")).ToString());
        await RefuseAsync("pending", "paid", "shipped", "cancelled", "delivered");

        Assert.Equal("400 validation_error", (await staff.PatchStatusAsync(id, "lost")).ToString());
        Assert.Equal(["→pending ordered", "pending→paid paid", "paid→shipped shipped", "shipped→delivered delivered"], await server.HistoryAsync(id));
        Assert.Equal(1, await server.CountMailsAsync(id, "shop.order_shipped"));
        Assert.Equal(1, await server.TakenAsync(variant));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_buyer_cannot_mark_change_or_delete_their_order()
    {
        var variant = await server.OfferAsync();
        var (guest, guestOrder) = await server.OrderAsync(variant);
        var (person, ownOrder) = await server.OrderAsync(variant, account: await server.CreateUserAsync());

        foreach (var status in new[] { "paid", "shipped", "delivered", "cancelled" })
        {
            Assert.Equal("401 not_authenticated", (await guest.PatchStatusAsync(guestOrder, status)).ToString());
            Assert.Equal("403 permission_denied", (await person.PatchStatusAsync(ownOrder, status)).ToString());
        }

        using (var deleted = await person.DeleteAsync($"/api/orders/{ownOrder}/"))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, deleted.StatusCode);
        using (var put = await person.PutAsync($"/api/orders/{ownOrder}/", content: null))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        Assert.Equal(("pending", "pending"), (await server.StatusAsync(guestOrder), await server.StatusAsync(ownOrder)));
    }
}
