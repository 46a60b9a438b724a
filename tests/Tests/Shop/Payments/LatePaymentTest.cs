using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Starting;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Money that comes when nobody waits for it any more, or twice: the order gets its stock again, or the buyer the money.</summary>
public sealed class LatePaymentTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Paid_late_the_order_takes_its_stock_again(bool isToldOfTheEnd)
    {
        var order = await scene.OrderAsync(quantity: 2, stock: 2);
        var session = await order.OpenAsync();
        var paid = scene.Stripe.CompleteUnpaid(session);
        if (isToldOfTheEnd)
            await scene.TellAsync(StripeEvents.Of("checkout.session.expired", scene.Stripe.Session(session).ToJson(), scene.Server.Clock));
        await scene.LetHoldsEndAsync();
        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal(0, await order.TakenAsync());

        await scene.TellAsync(scene.Stripe.Succeed(session));

        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal("paid", await order.PaymentsAsync());
        Assert.Equal(2, await order.TakenAsync());
        Assert.Equal("→pending, pending→cancelled, cancelled→paid", await order.HistoryAsync());
        Assert.Equal(["ordered take 2", "release -2", "paid late take 2"], await scene.Server.ScalarAsync<string[]>(
            """
            select array_agg(concat_ws(' ', case when l.entry = 'take' then l.reason end, l.entry, l.change) order by l.at, l.claim_id)
            from inventory.ledger l join inventory.pools p on p.id = l.pool_id where p.kind = 'variant' and p.subject_id = $1
            """, order.VariantId) ?? []);
        Assert.Equal(1, await order.MailsAsync("shop.order_paid"));
        Assert.NotNull(paid);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Paid_late_with_too_little_left_the_money_goes_back_by_itself()
    {
        var order = await scene.OrderAsync(quantity: 2, stock: 2);
        var session = await order.OpenAsync();
        await scene.LetHoldsEndAsync();
        var next = await scene.OrderAsync(order.VariantId, quantity: 1);
        var paid = scene.Stripe.Complete(session);

        await scene.TellAsync(paid);

        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal("refund_due", await order.PaymentsAsync());
        Assert.Equal("refund due: paid late, too little in stock", await scene.OutcomeAsync(paid));
        Assert.Equal("→pending, pending→cancelled, cancelled→cancelled", await order.HistoryAsync());
        await scene.VerifyAsync();

        await scene.DrainAsync();

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal((20_000, 1), (ChargeOf(session).Refunded, ChargeOf(session).RefundCount));
        Assert.Equal("→pending, pending→cancelled, cancelled→cancelled, cancelled→cancelled", await order.HistoryAsync());
        // Stripe tells of it, too.
        await scene.TellAsync(StripeEvents.Of("charge.refunded", ChargeOf(session).ToJson(), scene.Server.Clock));
        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal("pending", await next.StatusAsync());
        Assert.Equal(1, await order.TakenAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Paid_after_the_buyer_cancelled_the_money_goes_back_although_there_is_stock()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await CancelAsync(order);

        await scene.TellAsync(scene.Stripe.Complete(session));
        await scene.DrainAsync();

        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(0, await order.TakenAsync());
        Assert.Equal(20_000, ChargeOf(session).Refunded);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_second_payment_goes_back()
    {
        var order = await scene.OrderAsync();
        var first = await order.OpenAsync();
        // The first page was given up here, and is open there.
        await DecideAsync(new GiveUpPayment(await scene.Server.ScalarAsync<long>("select id from shop.payments where order_id = $1", order.Id), order.Id, "test", [order.VariantId]));
        var second = await order.OpenAsync();
        Assert.NotEqual(first, second);

        await scene.TellAsync(scene.Stripe.Complete(second));
        await scene.TellAsync(scene.Stripe.Complete(first));
        Assert.Equal("refund_due paid", await order.PaymentsAsync());
        await scene.DrainAsync();

        Assert.Equal("refunded paid", await order.PaymentsAsync());
        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal((20_000, 0), (ChargeOf(first).Refunded, ChargeOf(second).Refunded));
        Assert.Equal(1, await order.MailsAsync("shop.order_paid"));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task What_the_shop_cancels_after_it_was_paid_is_refunded()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));

        await CancelAsync(order);
        Assert.Equal("refund_due", await order.PaymentsAsync());
        await scene.DrainAsync();

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(20_000, ChargeOf(session).Refunded);
        Assert.Equal(0, await order.TakenAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task What_was_refunded_in_part_by_hand_is_refunded_to_the_end()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        await scene.TellAsync(scene.Stripe.RefundByHand(ChargeOf(session).PaymentIntent, 5_000));

        await CancelAsync(order);
        await scene.DrainAsync();

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(20_000, ChargeOf(session).Refunded);
    }

    [Theory]
    [InlineData(StripeTrouble.HangUp, StripeTrouble.HangUp)]
    [InlineData(StripeTrouble.HangUpAfter, StripeTrouble.HangUpAfter)]
    [InlineData(StripeTrouble.Gateway)]
    [InlineData(StripeTrouble.Fault)]
    public async Task A_refund_that_fails_is_tried_again_and_made_once(params StripeTrouble[] troubles)
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        await scene.DrainAsync();
        await CancelAsync(order);
        foreach (var trouble in troubles)
            scene.Stripe.Troubles.Enqueue(trouble);

        await scene.DrainAsync();
        Assert.Equal("refund_due", await order.PaymentsAsync());
        for (var n = 0; n < 5; n++)
        {
            scene.Server.Clock.Advance(TimeSpan.FromMinutes(5));
            await scene.DrainAsync();
        }

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal((20_000, 1), (ChargeOf(session).Refunded, ChargeOf(session).RefundCount));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Killed_between_the_refund_and_writing_it_down_it_is_made_once()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        await CancelAsync(order);
        var payment = await scene.Server.ScalarAsync<long>("select id from shop.payments where order_id = $1", order.Id);
        var provider = scene.Server.App.Services.GetRequiredService<PaymentProviders>().Current!;
        Assert.Null((await provider.RefundAsync(new RefundWish(payment, order.Id, ChargeOf(session).PaymentIntent, Failures: 0), CancellationToken.None)).Failure);
        // Here the server dies.

        await scene.DrainAsync();

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(1, ChargeOf(session).RefundCount);
        // Also a day later, when Stripe has forgotten the key.
        Assert.Null((await provider.RefundAsync(new RefundWish(payment, order.Id, ChargeOf(session).PaymentIntent, Failures: 1), CancellationToken.None)).Failure);
        Assert.Equal(1, ChargeOf(session).RefundCount);
    }

    private StripeCharge ChargeOf(string session) => scene.Stripe.Charges.Single(charge => charge.PaymentIntent == scene.Stripe.Session(session).PaymentIntent);

    private Task<OrderDecision> CancelAsync(Bought order) => DecideAsync(new CancelOrder(order.Id, PaymentScene.Staff, [order.VariantId]));

    private Task<OrderDecision> DecideAsync(OrderRequest request) => scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(request, CancellationToken.None);
}
