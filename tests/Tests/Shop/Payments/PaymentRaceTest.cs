using Maydon.Inventory.Holds;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Everything at once: an order is never paid without its stock, and stock never gone without an order.</summary>
public sealed class PaymentRaceTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Fact]
    public async Task One_event_twenty_times_has_one_effect()
    {
        var order = await scene.OrderAsync();
        var paid = scene.Stripe.Complete(await order.OpenAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => scene.DeliverAsync(paid)));

        Assert.Equal(new Dictionary<string, int> { ["200 "] = 20 }, answers.Tally());
        Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
        Assert.Equal(1, await order.MailsAsync("shop.order_paid"));
        Assert.Equal(1L, await scene.Server.ScalarAsync<long>("select count(*) from shop.payment_events where order_id = $1", order.Id));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Twenty_events_of_one_payment_have_one_effect()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        scene.Stripe.Complete(session);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => scene.TellAsync(StripeEvents.Of(
            n % 2 == 0 ? "checkout.session.completed" : "checkout.session.async_payment_succeeded", scene.Stripe.Session(session).ToJson(), scene.Server.Clock))));

        Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
        Assert.Equal("paid", await order.PaymentsAsync());
        Assert.Equal(1, await order.MailsAsync("shop.order_paid"));
        Assert.Equal(20L, await scene.Server.ScalarAsync<long>("select count(*) from shop.payment_events where order_id = $1", order.Id));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_payment_and_a_cancellation_at_once()
    {
        for (var round = 0; round < 60; round++)
        {
            var order = await scene.OrderAsync(quantity: 1, stock: 1);
            var paid = scene.Stripe.Complete(await order.OpenAsync());
            var cancel = new CancelOrder(order.Id, await BuyerAsync(order), [order.VariantId]);

            await BothAsync(round, () => scene.TellAsync(paid), async () =>
            {
                // The webhook's way is the longer one.
                await Task.Delay(round % 6 * 4);
                await Claims.DecideAsync(cancel, CancellationToken.None);
            });
            await scene.DrainAsync();

            var outcome = $"{await order.StatusAsync()} {await order.PaymentsAsync()} {await order.TakenAsync()}";
            // The buyer cannot cancel what is paid; what they had cancelled is paid back.
            Assert.Contains(outcome, (string[])["paid paid 1", "cancelled refunded 0"]);
        }

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_payment_and_the_end_of_the_hold_at_once_two_hundred_times()
    {
        for (var round = 0; round < 200; round++)
        {
            var order = await scene.OrderAsync(quantity: 1, stock: 1);
            var paid = scene.Stripe.Complete(await order.OpenAsync());
            scene.Server.Clock.Advance(TimeSpan.FromMinutes(40));
            // Every other time somebody else wants what comes free.
            var rival = round % 2 == 0 ? null : Task.Run(() => RivalAsync(order.VariantId));

            await BothAsync(round, () => scene.TellAsync(paid), () => scene.Server.RunJobAsync<ReleaseDueHolds>());
            if (rival is not null)
                await rival;

            var (status, payments, taken) = (await order.StatusAsync(), await order.PaymentsAsync(), await order.TakenAsync());
            if (status == "paid")
                Assert.Equal(("paid", 1), (payments, taken));
            else
                Assert.Equal(("cancelled", "refund_due"), (status, payments));
        }

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Late_payments_of_five_orders_get_the_three_pieces_that_are_left()
    {
        var variant = await scene.Server.AddVariantAsync(stock: 5);
        var orders = new List<Bought>();
        var events = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            orders.Add(await scene.OrderAsync(variant, 1));
            events.Add(await orders[n].OpenAsync());
        }

        await scene.LetHoldsEndAsync();
        await scene.OrderAsync(variant, 2);

        await Task.WhenAll(events.Select(session => scene.TellAsync(scene.Stripe.Complete(session))));
        await scene.DrainAsync();

        var statuses = new List<string>();
        foreach (var order in orders)
            statuses.Add($"{await order.StatusAsync()} {await order.PaymentsAsync()}");
        Assert.Equal(["cancelled refunded", "cancelled refunded", "paid paid", "paid paid", "paid paid"], statuses.Order());
        Assert.Equal(5, await scene.Server.StockTakenAsync(variant));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task The_end_of_a_page_and_its_payment_at_once()
    {
        for (var round = 0; round < 30; round++)
        {
            var order = await scene.OrderAsync(quantity: 1, stock: 1);
            var session = await order.OpenAsync();
            var paid = scene.Stripe.Complete(session);
            var expired = StripeEvents.Of("checkout.session.expired", scene.Stripe.Session(session).ToJson(), scene.Server.Clock);

            await BothAsync(round, () => scene.TellAsync(paid), () => scene.TellAsync(expired));

            Assert.Equal("paid paid 1", $"{await order.StatusAsync()} {await order.PaymentsAsync()} {await order.TakenAsync()}");
        }

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_wrong_amount_never_pays()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        scene.Stripe.Session(session).AmountTotal = 1;
        await scene.TellAsync(scene.Stripe.Complete(session));
        Assert.Equal("pending", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    private OrderClaims Claims => scene.Server.App.Services.GetRequiredService<OrderClaims>();

    /// <summary>Both at the same moment, the one or the other first.</summary>
    private static Task BothAsync(int round, Func<Task> one, Func<Task> other) => round % 2 == 0 ? Task.WhenAll(Task.Run(one), Task.Run(other)) : Task.WhenAll(Task.Run(other), Task.Run(one));

    private async Task RivalAsync(long variant)
    {
        // Whether they get it is not the question.
        var account = await scene.Server.CreateUserAsync();
        await Claims.DecideAsync(PaymentScene.Placing(account.Id, variant, 1, "uz"), CancellationToken.None);
    }

    private async Task<Maydon.Shop.Orders.Reading.OrderAccess> BuyerAsync(Bought order) =>
        new(await scene.Server.ScalarAsync<long>("select user_id from shop.orders where id = $1", order.Id), GuestHash: null, IsStaff: false);
}
