using System.Globalization;
using Maydon.Shop.Orders.Reading;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Shop.Orders;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Who has no account pays by the cookie of their browser, or by the link in the mail on any other; the buyer with an account by that alone.</summary>
public sealed class GuestPaymentTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Fact]
    public async Task A_guest_pays_by_their_cookie()
    {
        var (buyer, order) = await scene.Server.OrderAsync(await scene.Server.OfferAsync(price: 50m), 2);

        var page = await buyer.AskToPayAsync(order);

        Assert.Equal("200 ", page.ToString());
        await scene.TellAsync(scene.Stripe.Complete(page.Body.GetProperty("checkout_url").GetString()!.Split('/')[^1]));
        Assert.Equal("paid", await scene.Server.OrderStatusAsync(order));
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_guest_pays_by_the_link_on_another_device(bool inBody)
    {
        var (_, order) = await scene.Server.OrderAsync(await scene.Server.OfferAsync());
        var token = await TokenOfAsync(order);
        using var other = scene.Server.CreateBrowser();

        var page = inBody
            ? await other.PostAnswerAsync("/api/create-checkout-session/", new { order_id = order, token })
            : await other.PostAnswerAsync($"/api/create-checkout-session/?token={token}", new { order_id = order });

        Assert.Equal("200 ", page.ToString());
    }

    [Fact]
    public async Task Nobody_else_pays_or_learns_of_it()
    {
        var (_, order) = await scene.Server.OrderAsync(await scene.Server.OfferAsync());
        var (stranger, theirs) = await scene.Server.OrderAsync(await scene.Server.OfferAsync());
        var account = await scene.Server.CreateUserAsync();
        var (owner, owned) = await scene.Server.OrderAsync(await scene.Server.OfferAsync(), account: account);
        using var nobody = scene.Server.CreateBrowser();

        Assert.Equal("404 order_not_found", (await stranger.AskToPayAsync(order)).ToString());
        Assert.Equal("404 order_not_found", (await nobody.AskToPayAsync(order)).ToString());
        Assert.Equal("404 order_not_found", (await owner.AskToPayAsync(order)).ToString());
        // Neither another order's link nor a garbled one opens it; and an order of an account has no link.
        foreach (var token in new[] { await TokenOfAsync(theirs), (await TokenOfAsync(order))[..^1], await TokenOfAsync(order) + "x", "", "ключ" })
            Assert.Equal("404 order_not_found", (await nobody.PostAnswerAsync("/api/create-checkout-session/", new { order_id = order, token })).ToString());
        Assert.Equal("404 order_not_found", (await nobody.PostAnswerAsync("/api/create-checkout-session/", new { order_id = owned, token = await TokenOfAsync(owned) })).ToString());
        Assert.Equal(0L, await scene.Server.ScalarAsync<long>("select count(*) from shop.payments where order_id = any($1)", new[] { order, theirs, owned }));
        Assert.DoesNotContain(scene.Stripe.Sessions, session => session.ClientReferenceId == order.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("200 ", (await owner.AskToPayAsync(owned)).ToString());
    }

    [Fact]
    public async Task The_owner_cannot_mark_it_paid()
    {
        var account = await scene.Server.CreateUserAsync();
        var (owner, order) = await scene.Server.OrderAsync(await scene.Server.OfferAsync(), account: account);
        using var staff = await scene.Server.SignInAsync("staff");

        Assert.Equal("403 permission_denied", (await owner.PatchStatusAsync(order, "paid")).ToString());
        // Nor can the shop: only money does.
        Assert.Equal("409 status_not_allowed", (await staff.PatchStatusAsync(order, "paid")).ToString());
        Assert.Equal("pending", await scene.Server.OrderStatusAsync(order));
    }

    [Fact]
    public async Task What_staff_cancel_after_it_was_paid_is_refunded_and_the_stock_returns()
    {
        var variant = await scene.Server.OfferAsync(stock: 3, price: 50m);
        var (buyer, order) = await scene.Server.OrderAsync(variant, 2);
        using var staff = await scene.Server.SignInAsync("staff");
        var session = (await buyer.AskToPayAsync(order)).Body.GetProperty("checkout_url").GetString()!.Split('/')[^1];
        await scene.TellAsync(scene.Stripe.Complete(session));
        Assert.Equal("409 status_not_allowed", (await buyer.CancelOrderAsync(order)).ToString());

        Assert.Equal("200 cancelled", (await staff.PatchStatusAsync(order, "cancelled")).ToString());
        await scene.DrainAsync();

        Assert.Equal("refunded", await scene.Server.ScalarAsync<string>("select status from shop.payments where order_id = $1", order));
        Assert.Equal(10_000, scene.Stripe.Charges.Single(charge => charge.PaymentIntent == scene.Stripe.Session(session).PaymentIntent).Refunded);
        Assert.Equal(0, await scene.Server.StockTakenAsync(variant.Id));
        await scene.VerifyAsync();
    }

    private async Task<string> TokenOfAsync(long order) => (await OrderReadingTest.LinkAsync(scene.Server, order)).Query["?token=".Length..];
}
