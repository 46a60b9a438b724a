using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Starting;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>What becomes of payments whose webhook never came, or whose beginning a crash cut short.</summary>
public sealed class ReconcileTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Fact]
    public async Task A_payment_that_nobody_told_of_is_found()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        var paid = scene.Stripe.Complete(session);
        await ReconcileAsync(after: 4);
        Assert.Equal("pending", await order.StatusAsync());

        await ReconcileAsync(after: 2);
        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal("paid", await order.PaymentsAsync());

        // And when it comes after all:
        await scene.TellAsync(paid);
        Assert.Equal("nothing: the payment is paid already", await scene.OutcomeAsync(paid));
        Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_page_that_closed_without_a_word_returns_the_stock()
    {
        var order = await scene.OrderAsync();
        scene.Stripe.Expire(await order.OpenAsync());
        await ReconcileAsync(after: 33);
        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal("expired", await order.PaymentsAsync());
        Assert.Equal(0, await order.TakenAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_page_that_is_open_stays_open()
    {
        var order = await scene.OrderAsync();
        await order.OpenAsync();
        await ReconcileAsync(after: 6);
        Assert.Equal("open", await order.PaymentsAsync());
        var calls = scene.Stripe.Calls.Count;
        // It was looked at just now.
        await ReconcileAsync(after: 1);
        Assert.Equal(calls, scene.Stripe.Calls.Count);
    }

    [Fact]
    public async Task An_amount_that_is_wrong_is_found_to_be_wrong_here_too()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        scene.Stripe.Session(session).AmountTotal = 1;
        scene.Stripe.Complete(session);
        await ReconcileAsync(after: 6);
        Assert.Equal("rejected", await order.PaymentsAsync());
        Assert.Equal("pending", await order.StatusAsync());
    }

    [Fact]
    public async Task An_attempt_that_a_crash_cut_short_is_finished_while_it_can_be()
    {
        var order = await scene.OrderAsync();
        var begun = await BeginAsync(order);
        await Provider.OpenAsync(StartPayment.Wish(begun.Order!, begun.Payment!), CancellationToken.None);
        await ReconcileAsync(after: 6);
        Assert.Equal("open", await order.PaymentsAsync());
        Assert.Single(scene.Stripe.Sessions, session => session.Metadata["order_id"] == $"{order.Id}");
    }

    [Fact]
    public async Task An_attempt_that_never_reached_the_provider_is_given_up()
    {
        var order = await scene.OrderAsync();
        await BeginAsync(order);
        await ReconcileAsync(after: 6);
        Assert.Equal("failed", await order.PaymentsAsync());
        Assert.Equal("pending", await order.StatusAsync());
        await order.OpenAsync();
        Assert.Equal("failed open", await order.PaymentsAsync());
    }

    [Fact]
    public async Task The_page_of_an_order_that_has_ended_is_closed()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await CancelAsync(order);
        await ReconcileAsync(after: 6);
        Assert.Equal("expired", scene.Stripe.Session(session).Status);
        Assert.Equal("expired", await order.PaymentsAsync());
        Assert.Equal("→pending, pending→cancelled", await order.HistoryAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Paid_on_the_page_of_an_order_that_has_ended_it_goes_back()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await CancelAsync(order);
        scene.Stripe.Complete(session);
        await ReconcileAsync(after: 6);
        await scene.DrainAsync();
        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(20_000, scene.Stripe.Charges.Single(charge => charge.PaymentIntent == scene.Stripe.Session(session).PaymentIntent).Refunded);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task An_attempt_of_an_order_that_has_ended_is_given_up()
    {
        var order = await scene.OrderAsync();
        await BeginAsync(order);
        await CancelAsync(order);
        await ReconcileAsync(after: 6);
        Assert.Equal("failed", await order.PaymentsAsync());
        Assert.DoesNotContain(scene.Stripe.Sessions, session => session.Metadata["order_id"] == $"{order.Id}");
    }

    [Fact]
    public async Task While_the_provider_is_away_nothing_is_concluded()
    {
        var order = await scene.OrderAsync();
        scene.Stripe.Complete(await order.OpenAsync());
        // Each is asked twice, and three of them at most.
        for (var n = 0; n < 6; n++)
            scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUp);
        await ReconcileAsync(after: 6);
        scene.Stripe.Troubles.Clear();
        Assert.Equal("open", await order.PaymentsAsync());
        await ReconcileAsync(after: 5);
        Assert.Equal("paid", await order.StatusAsync());
    }

    [Fact]
    public async Task What_cannot_be_read_keeps_nobody_waiting()
    {
        var orders = new List<Bought>();
        for (var n = 0; n < 3; n++)
            orders.Add(await scene.OrderAsync());
        foreach (var order in orders)
        {
            var session = await order.OpenAsync();
            scene.Stripe.Complete(session);
            scene.Stripe.Session(session).IsForbidden = order != orders[^1];
        }

        await ReconcileAsync(after: 6);

        foreach (var (index, order) in orders.Index())
            Assert.Equal(index == 2 ? "paid" : "pending", await order.StatusAsync());
        foreach (var session in scene.Stripe.Sessions)
            session.IsForbidden = false;
    }

    [Fact]
    public async Task A_provider_that_is_away_is_asked_three_times_and_of_the_others_first_in_the_next_run()
    {
        // What other tests have left open ends first.
        await scene.LetHoldsEndAsync();
        await ReconcileAsync(after: 61);
        var orders = new List<(Bought Order, StripeSession Session)>();
        for (var n = 0; n < 5; n++)
        {
            var order = await scene.OrderAsync();
            orders.Add((order, scene.Stripe.Session(await order.OpenAsync())));
            scene.Stripe.Complete(orders[^1].Session.Id);
            orders[^1].Session.IsForbidden = n < 4;
        }

        var calls = scene.Stripe.Calls.Count;
        await ReconcileAsync(after: 6);
        Assert.Equal(calls + 3, scene.Stripe.Calls.Count);
        Assert.Equal("pending", await orders[4].Order.StatusAsync());

        await ReconcileAsync(after: 1);
        Assert.Equal("paid", await orders[4].Order.StatusAsync());
        foreach (var (_, session) in orders)
            session.IsForbidden = false;
        await ReconcileAsync(after: 6);
        foreach (var (order, _) in orders)
            Assert.Equal("paid", await order.StatusAsync());
    }

    [Fact]
    public async Task A_transfer_that_never_comes_is_given_up_after_two_weeks_and_counts_should_it_come_yet()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.CompleteUnpaid(session));
        await scene.LetHoldsEndAsync();
        await ReconcileAsync(after: 13 * 24 * 60);
        Assert.Equal("open", await order.PaymentsAsync());

        await ReconcileAsync(after: 24 * 60);

        Assert.Equal("failed", await order.PaymentsAsync());
        Assert.Equal("The money never came.", await scene.Server.ScalarAsync<string>("select note from shop.payments where order_id = $1", order.Id));
        var calls = scene.Stripe.Calls.Count;
        await ReconcileAsync(after: 24 * 60);
        Assert.DoesNotContain(scene.Stripe.Calls.Skip(calls), call => call.Path.Contains(session, StringComparison.Ordinal));
        await scene.TellAsync(scene.Stripe.Succeed(session));
        Assert.Equal("paid", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task More_than_a_page_of_them_is_worked_off()
    {
        var variant = await scene.Server.AddVariantAsync(stock: 100);
        for (var n = 0; n < 25; n++)
            scene.Stripe.Complete(await (await scene.OrderAsync(variant, 1)).OpenAsync());
        await ReconcileAsync(after: 6);
        Assert.Equal(25L, await scene.Server.ScalarAsync<long>("select count(*) from shop.orders o join shop.order_lines l on l.order_id = o.id where l.variant_id = $1 and o.status = 'paid'", variant));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Job_webhook_and_expiry_at_once_pay_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var order = await scene.OrderAsync(quantity: 1, stock: 1);
            var paid = scene.Stripe.Complete(await order.OpenAsync());
            scene.Server.Clock.Advance(TimeSpan.FromMinutes(6));
            await Task.WhenAll(scene.Server.RunJobAsync<ReconcilePayments>(), scene.TellAsync(paid), scene.Server.RunJobAsync<ReconcilePayments>());
            Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
        }

        await scene.VerifyAsync();
    }

    private IPaymentProvider Provider => scene.Server.App.Services.GetRequiredService<PaymentProviders>().Current!;

    private Task<OrderDecision> BeginAsync(Bought order) => scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(
        new BeginPayment(order.Id, PaymentScene.Staff, Provider.Name, TimeSpan.FromMinutes(30), [order.VariantId]), CancellationToken.None);

    private Task<OrderDecision> CancelAsync(Bought order) =>
        scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(new CancelOrder(order.Id, PaymentScene.Staff, [order.VariantId]), CancellationToken.None);

    private async Task ReconcileAsync(int after)
    {
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(after));
        await scene.Server.RunJobAsync<ReconcilePayments>();
    }
}
