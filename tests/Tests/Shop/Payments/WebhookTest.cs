using Maydon.Inventory;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Tests.Inventory;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>What Stripe tells, in order, out of order, twice, wrongly and about others.</summary>
public sealed class WebhookTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Fact]
    public async Task A_payment_makes_the_order_paid()
    {
        var order = await scene.OrderAsync(quantity: 2, stock: 5);
        var paid = scene.Stripe.Complete(await order.OpenAsync());

        await scene.TellAsync(paid);

        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal("paid", await order.PaymentsAsync());
        Assert.Equal("paid", await scene.OutcomeAsync(paid));
        Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
        Assert.Equal(1, await order.MailsAsync("shop.order_paid"));
        Assert.Equal(2, await order.TakenAsync());
        Assert.True(await scene.Server.ScalarAsync<bool>("select provider_payment_id like 'pi!_%' escape '!' and paid_at is not null from shop.payments where order_id = $1", order.Id));
        // Nothing can end it any more.
        await scene.LetHoldsEndAsync();
        Assert.Equal("paid", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task What_comes_again_changes_nothing()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        var paid = scene.Stripe.Complete(session);
        await scene.TellAsync(paid);
        var before = await SnapshotAsync(order);

        await scene.TellAsync(paid);
        var other = StripeEvents.Of("checkout.session.completed", scene.Stripe.Session(session).ToJson(), scene.Server.Clock);
        await scene.TellAsync(other);

        Assert.Equal("nothing: the payment is paid already", await scene.OutcomeAsync(other));
        Assert.Equal(before, await SnapshotAsync(order));
        Assert.Equal(2L, await scene.Server.ScalarAsync<long>("select count(*) from shop.payment_events where order_id = $1", order.Id));
    }

    [Theory]
    [InlineData("checkout.session.expired")]
    [InlineData("checkout.session.async_payment_failed")]
    public async Task An_end_that_arrives_after_the_payment_changes_nothing(string type)
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));

        await scene.TellAsync(StripeEvents.Of(type, scene.Stripe.Session(session).ToJson(), scene.Server.Clock));

        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal(2, await order.TakenAsync());
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(1, "UZS")]
    [InlineData(19_999, "UZS")]
    [InlineData(20_001, "UZS")]
    [InlineData(20_000, "USD")]
    public async Task Another_amount_or_currency_is_written_down_and_pays_nothing(long amount, string currency)
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var id = await order.OpenAsync();
        var session = scene.Stripe.Session(id);
        (session.AmountTotal, session.Currency) = (amount, currency.ToLowerInvariant());
        var paid = scene.Stripe.Complete(id);

        await scene.TellAsync(paid);

        Assert.Equal("pending", await order.StatusAsync());
        Assert.Equal("rejected", await order.PaymentsAsync());
        Assert.StartsWith("rejected: ", await scene.OutcomeAsync(paid), StringComparison.Ordinal);
        Assert.Equal(0, await order.MailsAsync("shop.order_paid"));
        await scene.LetHoldsEndAsync();
        Assert.Equal("cancelled", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_bank_transfer_pays_when_the_money_is_there()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();

        await scene.TellAsync(scene.Stripe.CompleteUnpaid(session));
        Assert.Equal("pending", await order.StatusAsync());
        Assert.Equal("open", await order.PaymentsAsync());

        await scene.TellAsync(scene.Stripe.Succeed(session));
        Assert.Equal("paid", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_bank_transfer_that_fails_returns_the_stock()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.CompleteUnpaid(session));

        await scene.TellAsync(scene.Stripe.Fail(session));

        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal("expired", await order.PaymentsAsync());
        Assert.Equal(0, await order.TakenAsync());
        Assert.Equal(1, await order.MailsAsync("shop.order_cancelled"));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_page_that_closes_returns_the_stock()
    {
        var order = await scene.OrderAsync();
        var expired = scene.Stripe.Expire(await order.OpenAsync());

        await scene.TellAsync(expired);

        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal("not paid", await scene.Server.ScalarAsync<string>("select cancel_reason from shop.orders where id = $1", order.Id));
        Assert.Equal(0, await order.TakenAsync());
        Assert.Equal("cancelled, stock returned", await scene.OutcomeAsync(expired));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task What_has_no_meaning_here_is_written_down_as_such()
    {
        var order = await scene.OrderAsync();
        var session = scene.Stripe.Session(await order.OpenAsync());
        var unknown = StripeEvents.Of("customer.created", """{"id":"cus_1","object":"customer"}""", scene.Server.Clock);
        var connected = StripeEvents.Of("checkout.session.completed", Paid(session), scene.Server.Clock, account: "acct_1Other");
        var others = StripeEvents.Of("checkout.session.completed", Paid(session).Replace(session.Id, "cs_test_of_another_shop", StringComparison.Ordinal).Replace("http://localhost:8000", "https://other.example.org", StringComparison.Ordinal), scene.Server.Clock);
        var unmarked = StripeEvents.Of("checkout.session.completed", """{"id":"cs_test_x","object":"checkout.session","payment_status":"paid","amount_total":20000,"currency":"uzs","metadata":{}}""", scene.Server.Clock);

        foreach (var told in new[] { unknown, connected, others, unmarked })
        {
            await scene.TellAsync(told);
            await scene.TellAsync(told);
        }

        Assert.Equal("ignored: of no meaning to orders", await scene.OutcomeAsync(unknown));
        Assert.Equal("ignored: of no meaning to orders", await scene.OutcomeAsync(connected));
        Assert.Equal("ignored: of no payment of this shop", await scene.OutcomeAsync(others));
        Assert.Equal("ignored: of no payment of this shop", await scene.OutcomeAsync(unmarked));
        Assert.Equal("pending", await order.StatusAsync());
        Assert.Equal("open", await order.PaymentsAsync());

        static string Paid(StripeSession session) => session.ToJson().Replace("\"payment_status\":\"unpaid\"", "\"payment_status\":\"paid\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_overtakes_the_answer_is_of_our_payment()
    {
        var order = await scene.OrderAsync();
        // Stripe has opened the page, and nobody could tell us.
        foreach (var trouble in new[] { StripeTrouble.HangUpAfter, StripeTrouble.HangUpAfter })
            scene.Stripe.Troubles.Enqueue(trouble);
        Assert.Equal("503 payment_provider_unavailable", (await order.AskAsync()).ToString());
        var session = scene.Stripe.Sessions.Single(one => one.Metadata["order_id"] == $"{order.Id}");

        await scene.TellAsync(scene.Stripe.Complete(session.Id));

        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal(session.Id, await scene.Server.ScalarAsync<string>("select provider_id from shop.payments where order_id = $1", order.Id));
        Assert.Equal("409 already_paid", (await order.AskAsync()).ToString());
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData("shipped")]
    [InlineData("delivered")]
    public async Task An_order_on_its_way_is_never_set_back(string status)
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        foreach (var next in status == "shipped" ? new[] { "shipped" } : ["shipped", "delivered"])
            await DecideAsync(new ChangeOrderStatus(order.Id, next, 1, [order.VariantId]));
        Assert.Equal(status, await order.StatusAsync());

        foreach (var type in new[] { "checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded" })
            await scene.TellAsync(StripeEvents.Of(type, scene.Stripe.Session(session).ToJson(), scene.Server.Clock));
        await scene.TellAsync(scene.Stripe.RefundByHand(scene.Stripe.Session(session).PaymentIntent!, 20_000));

        Assert.Equal(status, await order.StatusAsync());
        Assert.Equal(2, await order.TakenAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Money_that_was_given_back_by_hand_is_written_down()
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        var intent = scene.Stripe.Session(session).PaymentIntent!;

        var some = scene.Stripe.RefundByHand(intent, 5_000);
        await scene.TellAsync(some);
        Assert.Equal("recorded: 50.00 of 200.00 UZS refunded", await scene.OutcomeAsync(some));
        Assert.Equal("paid", await order.PaymentsAsync());
        Assert.Equal("refunded 50.00 of 200.00 UZS", await scene.Server.ScalarAsync<string>("select note from shop.payments where order_id = $1", order.Id));

        await scene.TellAsync(scene.Stripe.RefundByHand(intent, 15_000));
        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal("paid", await order.StatusAsync());
        Assert.Equal("→pending, pending→paid, paid→paid, paid→paid", await order.HistoryAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_refund_that_is_told_before_the_payment_is_of_that_payment()
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var session = await order.OpenAsync();
        var paid = scene.Stripe.Complete(session);

        await scene.TellAsync(scene.Stripe.RefundByHand(scene.Stripe.Session(session).PaymentIntent!, 20_000));
        await scene.TellAsync(paid);

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal("pending", await order.StatusAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task When_it_cannot_be_stored_now_Stripe_is_told_to_come_again()
    {
        var order = await scene.OrderAsync();
        var paid = scene.Stripe.Complete(await order.OpenAsync());
        await using (await PoolLock.TakeAsync(scene.Server, new PoolKey("variant", order.VariantId)))
            Assert.Equal("503 unavailable", (await scene.DeliverAsync(paid)).ToString());
        Assert.Null(await scene.OutcomeAsync(paid));
        Assert.Equal("pending", await order.StatusAsync());

        await scene.TellAsync(paid);
        Assert.Equal("paid", await order.StatusAsync());
    }

    private Task<OrderDecision> DecideAsync(OrderRequest request) => scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(request, CancellationToken.None);

    private Task<string?> SnapshotAsync(Bought order) => scene.Server.ScalarAsync<string>(
        """
        select (select to_jsonb(o)::text from shop.orders o where id = $1) || (select jsonb_agg(p order by id)::text from shop.payments p where order_id = $1)
            || (select count(*) from shop.order_changes where order_id = $1) || (select taken from inventory.pools where kind = 'variant' and subject_id = $2)
            || (select count(*) from kernel.outbox)
        """,
        order.Id, order.VariantId);
}
