using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Refunds;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Orders;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Refunds that the provider refuses, takes days for, or fails to make after all.</summary>
public sealed class RefundTest(PaymentServer scene) : IClassFixture<PaymentServer>, IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        scene.Stripe.RefundsPend = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_refused_is_tried_with_another_key_and_what_is_not_answered_with_the_same()
    {
        var (order, charge) = await DueAsync();
        foreach (var trouble in new[] { StripeTrouble.Decline, StripeTrouble.Gateway, StripeTrouble.Fault })
            scene.Stripe.Troubles.Enqueue(trouble);

        await DrainAsync(times: 4);

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal((20_000, 1), (charge.Refunded, charge.RefundCount));
        Assert.Equal([(400, 0), (502, 1), (500, 1), (200, 2)], Tries(charge).Select(call => (call.Status, int.Parse(call.IdempotencyKey!.Split('-')[^1]))));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task What_is_refused_until_nobody_tries_is_made_once_people_have_it_tried_again()
    {
        var (order, charge) = await DueAsync();
        for (var n = 0; n < 3; n++)
            scene.Stripe.Troubles.Enqueue(StripeTrouble.Decline);
        await DrainAsync(times: 5);
        Assert.Equal("refund_due", await order.PaymentsAsync());
        Assert.Equal(3, Tries(charge).Count);
        Assert.Equal("dead", await MessagesAsync(order));
        await scene.VerifyAsync();

        await scene.Server.App.Services.GetRequiredService<DeadMessages>().RetryAsync(CancellationToken.None);
        await DrainAsync(times: 1);

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal((20_000, 1), (charge.Refunded, charge.RefundCount));
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_takes_days_is_due_until_it_has_arrived(bool isTold)
    {
        scene.Stripe.RefundsPend = true;
        var (order, charge) = await DueAsync();
        await DrainAsync(times: 2);
        // Stripe tells of the charge as soon as the refund has begun.
        var begun = StripeEvents.Of("charge.refunded", charge.ToJson(), scene.Server.Clock);
        await scene.TellAsync(begun);
        await FollowAsync();

        Assert.Equal("nothing: 200.00 of 200.00 UZS on its way", await scene.OutcomeAsync(begun));
        Assert.Equal("refund_due", await order.PaymentsAsync());
        Assert.Null(await scene.Server.ScalarAsync<DateTime?>("select refunded_at from shop.payments where order_id = $1", order.Id));
        Assert.Single(Tries(charge));
        await scene.VerifyAsync();

        var arrived = scene.Stripe.SucceedRefund(RefundOf(charge).Id);
        if (isTold)
            await scene.TellAsync(arrived);
        else
            await FollowAsync();
        Assert.Equal("refunded", await order.PaymentsAsync());
        await scene.TellAsync(arrived);

        Assert.Equal("→pending, pending→paid, paid→cancelled, cancelled→cancelled, cancelled→cancelled", await order.HistoryAsync());
        Assert.Equal(1, charge.RefundCount);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Told_of_the_charge_before_the_answer_is_written_down_it_is_due_all_the_same()
    {
        scene.Stripe.RefundsPend = true;
        var (order, charge) = await DueAsync();
        // Stripe has begun it, and its answer never came.
        scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUpAfter);
        scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUpAfter);
        await DrainAsync(times: 1);
        // A day later the key is forgotten.
        await scene.Server.ExecuteAsync("update shop.payments set refund_failures = 1 where order_id = $1", order.Id);
        await DrainAsync(times: 1);

        Assert.Equal("refund_due", await order.PaymentsAsync());
        Assert.Equal(RefundOf(charge).Id, await RefundIdAsync(order));
        await scene.TellAsync(scene.Stripe.SucceedRefund(RefundOf(charge).Id));
        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal(1, charge.RefundCount);
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_written_down_after_the_charge_was_told_of_says_whether_the_money_has_arrived(bool isDone)
    {
        scene.Stripe.RefundsPend = true;
        var (order, charge) = await DueAsync();
        scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUpAfter);
        scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUpAfter);
        await DrainAsync(times: 1);
        await scene.TellAsync(StripeEvents.Of("charge.refunded", charge.ToJson(), scene.Server.Clock));
        Assert.Equal("refunded", await order.PaymentsAsync());
        var receipt = new RefundReceipt(RefundOf(charge).Id, isDone ? RefundState.Done : RefundState.Pending);

        await DecideAsync(new RecordRefund(await PaymentIdAsync(order), order.Id, receipt, [order.VariantId]));

        Assert.Equal((isDone ? "refunded" : "refund_due", receipt.RefundId), (await order.PaymentsAsync(), await RefundIdAsync(order)));
        await scene.TellAsync(scene.Stripe.SucceedRefund(receipt.RefundId));
        Assert.Equal("refunded", await order.PaymentsAsync());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task The_same_refusal_counts_once_however_often_and_late_it_is_written_down()
    {
        var (order, charge) = await DueAsync();
        foreach (var failures in new[] { 0, 0, 1, 0 })
            await DecideAsync(new RecordRefundFailure(await PaymentIdAsync(order), order.Id, failures, [order.VariantId]));

        await DrainAsync(times: 1);

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.EndsWith("-2", Assert.Single(Tries(charge)).IdempotencyKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_on_its_way_is_asked_about_once_an_hour_and_no_further_while_nobody_answers()
    {
        scene.Stripe.RefundsPend = true;
        var due = new List<(Bought Order, StripeCharge Charge)>();
        for (var n = 0; n < 5; n++)
            due.Add(await DueAsync());
        await scene.DrainAsync();
        var addresses = due.Select(each => $"/v1/refunds/{RefundOf(each.Charge).Id}").ToHashSet();
        Assert.Empty(addresses.Intersect(await AskedAsync(TimeSpan.FromMinutes(50))));
        for (var n = 0; n < 20; n++)
            scene.Stripe.Troubles.Enqueue(StripeTrouble.HangUpAfter);
        Assert.Equal(3, (await AskedAsync(TimeSpan.FromMinutes(11))).Count);
        scene.Stripe.Troubles.Clear();

        Assert.Superset(addresses, await AskedAsync(TimeSpan.FromMinutes(61)));
        foreach (var (order, charge) in due)
        {
            await scene.TellAsync(scene.Stripe.SucceedRefund(RefundOf(charge).Id));
            Assert.Equal("refunded", await order.PaymentsAsync());
        }

        async Task<HashSet<string>> AskedAsync(TimeSpan later)
        {
            var before = scene.Stripe.Calls.Count;
            scene.Server.Clock.Advance(later);
            await scene.Server.RunJobAsync<FollowRefunds>();
            return [.. scene.Stripe.Calls.Skip(before).Where(call => call.Path.StartsWith("/v1/refunds/", StringComparison.Ordinal)).Select(call => call.Path)];
        }
    }

    [Fact]
    public async Task News_of_another_refund_than_the_last_does_not_settle_it()
    {
        scene.Stripe.RefundsPend = true;
        var (order, charge) = await DueAsync();
        await DrainAsync(times: 1);
        var known = await RefundIdAsync(order);
        var arrived = scene.Stripe.SucceedRefund(RefundOf(charge).Id);
        foreach (var (status, outcome) in new[] { ("succeeded", "nothing: the payment is refund_due"), ("failed", "nothing: the refund is due already") })
        {
            var other = scene.Stripe.SucceedRefund(RefundOf(charge).Id)
                .Replace(known!, "re_of_another_try", StringComparison.Ordinal).Replace("\"status\":\"succeeded\"", $"\"status\":\"{status}\"", StringComparison.Ordinal);
            await scene.TellAsync(other);
            Assert.Equal(outcome, await scene.OutcomeAsync(other));
            Assert.Equal(("refund_due", known), (await order.PaymentsAsync(), await RefundIdAsync(order)));
        }

        await scene.TellAsync(arrived);
        Assert.Equal("refunded", await order.PaymentsAsync());
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData("refund.failed", true)]
    [InlineData("charge.refund.updated", true)]
    [InlineData("refund.failed", false)]
    [InlineData(null, true)]
    public async Task What_fails_on_its_way_is_due_again_and_tried_the_next_day(string? type, bool pends)
    {
        scene.Stripe.RefundsPend = pends;
        var (order, charge) = await DueAsync();
        await DrainAsync(times: 1);
        Assert.Equal(pends ? "refund_due" : "refunded", await order.PaymentsAsync());
        var failed = scene.Stripe.FailRefund(RefundOf(charge).Id, type ?? "refund.failed");
        if (type is null)
            await FollowAsync();
        else
            await scene.TellAsync(failed);

        Assert.Equal("refund_due", await order.PaymentsAsync());
        Assert.Null(await RefundIdAsync(order));
        Assert.StartsWith("the refund", await NoteAsync(order), StringComparison.Ordinal);
        await scene.VerifyAsync();
        // Told twice, in both ways:
        await scene.TellAsync(scene.Stripe.FailRefund(RefundOf(charge).Id, "charge.refund.updated"));
        Assert.Equal(1, await scene.Server.ScalarAsync<int>("select refund_failures from shop.payments where order_id = $1", order.Id));

        scene.Stripe.RefundsPend = false;
        await DrainAsync(times: 1);
        Assert.Equal("refund_due", await order.PaymentsAsync());
        scene.Server.Clock.Advance(TimeSpan.FromHours(25));
        await DrainAsync(times: 1);

        Assert.Equal("refunded", await order.PaymentsAsync());
        Assert.Equal((20_000, 2), (charge.Refunded, charge.RefundCount));
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(100, "UZS", 100, "rejected: 1.00 UZS instead of 200.00 UZS")]
    [InlineData(30_000, "UZS", 30_000, "rejected: 300.00 UZS instead of 200.00 UZS")]
    [InlineData(20_000, "USD", 20_000, "rejected: 200.00 USD instead of 200.00 UZS")]
    public async Task What_was_rejected_is_settled_once_all_of_what_came_has_gone_back(long amount, string currency, long all, string outcome)
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var session = await order.OpenAsync();
        (scene.Stripe.Session(session).AmountTotal, scene.Stripe.Session(session).Currency) = (amount, currency.ToLowerInvariant());
        var paid = scene.Stripe.Complete(session);
        await scene.TellAsync(paid);
        Assert.Equal(outcome, await scene.OutcomeAsync(paid));
        Assert.Equal($"{amount / 100}.000 {currency}", await scene.Server.ScalarAsync<string>("select received_amount || ' ' || received_currency from shop.payments where order_id = $1", order.Id));

        await scene.TellAsync(scene.Stripe.RefundByHand(ChargeOf(session).PaymentIntent, all - 40));
        Assert.Equal("rejected", await order.PaymentsAsync());
        await scene.TellAsync(scene.Stripe.RefundByHand(ChargeOf(session).PaymentIntent, 40));

        Assert.Equal("refunded", await order.PaymentsAsync());
        var history = await order.HistoryAsync();
        var again = scene.Stripe.RefundByHand(ChargeOf(session).PaymentIntent, 0);
        await scene.TellAsync(again);
        Assert.EndsWith("refunded already", await scene.OutcomeAsync(again), StringComparison.Ordinal);
        Assert.Equal(("pending", history), (await order.StatusAsync(), await order.HistoryAsync()));
        await scene.VerifyAsync();

        // By hand it went, by hand it will go again.
        var back = new StripeRefund("re_by_hand", ChargeOf(session), all, new Dictionary<string, string>(), scene.Server.Clock.GetUtcNow()) { Status = "failed" };
        await scene.TellAsync(StripeEvents.Of("refund.failed", back.ToJson(), scene.Server.Clock));
        Assert.Equal("rejected", await order.PaymentsAsync());
    }

    [Theory]
    [InlineData("\"amount_refunded\":20000", "\"amount_refunded\":null")]
    [InlineData("\"amount_refunded\":20000,", "")]
    [InlineData("\"currency\":\"uzs\"", "\"currency\":\"usd\"")]
    public async Task A_refund_of_no_amount_or_of_other_money_changes_nothing(string right, string wrong)
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        var told = scene.Stripe.RefundByHand(ChargeOf(session).PaymentIntent, 20_000);
        Assert.Contains(right, told, StringComparison.Ordinal);

        told = told.Replace(right, wrong, StringComparison.Ordinal);
        await scene.TellAsync(told);

        Assert.Equal("paid", await order.PaymentsAsync());
        Assert.StartsWith("nothing: ", await scene.OutcomeAsync(told), StringComparison.Ordinal);
        Assert.Equal("→pending, pending→paid", await order.HistoryAsync());
    }

    [Fact]
    public async Task What_staff_read_of_payments_is_not_told_to_the_buyer()
    {
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        scene.Stripe.Session(session).AmountTotal = 100;
        await scene.TellAsync(scene.Stripe.Complete(session));
        using var staff = await scene.Server.SignInAsync("staff");

        var own = (await order.Buyer.GetAnswerAsync($"/api/orders/{order.Id}/")).Body;
        var theirs = (await staff.GetAnswerAsync($"/api/orders/{order.Id}/")).Body;

        Assert.DoesNotContain("instead of", own.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["ordered", null], own.GetProperty("history").EnumerateArray().Select(line => line.GetProperty("reason").GetString()));
        Assert.Contains("rejected: 1.00 UZS instead of 200.00 UZS", theirs.GetProperty("history")[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    /// <summary>An order that was paid and then cancelled by the shop.</summary>
    private async Task<(Bought Order, StripeCharge Charge)> DueAsync()
    {
        var order = await scene.OrderAsync(quantity: 2, price: 100m);
        var session = await order.OpenAsync();
        await scene.TellAsync(scene.Stripe.Complete(session));
        await scene.DrainAsync();
        await DecideAsync(new CancelOrder(order.Id, PaymentScene.Staff, [order.VariantId]));
        Assert.Equal("refund_due", await order.PaymentsAsync());
        return (order, ChargeOf(session));
    }

    private StripeCharge ChargeOf(string session) => scene.Stripe.Charges.Single(charge => charge.PaymentIntent == scene.Stripe.Session(session).PaymentIntent);

    private StripeRefund RefundOf(StripeCharge charge) => scene.Stripe.Refunds.Single(refund => refund.Charge == charge);

    private List<StripeCall> Tries(StripeCharge charge) =>
        [.. scene.Stripe.Calls.Where(call => call.Method == "POST" && call.Path == "/v1/refunds" && call.Form["payment_intent"] == charge.PaymentIntent)];

    private async Task DrainAsync(int times)
    {
        for (var n = 0; n < times; n++)
        {
            await scene.DrainAsync();
            scene.Server.Clock.Advance(TimeSpan.FromMinutes(3));
        }
    }

    private async Task FollowAsync()
    {
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(61));
        await scene.Server.RunJobAsync<FollowRefunds>();
    }

    private Task<OrderDecision> DecideAsync(OrderRequest request) => scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(request, CancellationToken.None);

    private Task<long> PaymentIdAsync(Bought order) => scene.Server.ScalarAsync<long>("select id from shop.payments where order_id = $1", order.Id);

    private Task<string?> RefundIdAsync(Bought order) => scene.Server.ScalarAsync<string>("select refund_id from shop.payments where order_id = $1", order.Id);

    private Task<string?> NoteAsync(Bought order) => scene.Server.ScalarAsync<string>("select note from shop.payments where order_id = $1", order.Id);

    private Task<string?> MessagesAsync(Bought order) => scene.Server.ScalarAsync<string>(
        "select string_agg(state, ' ') from kernel.outbox where kind = 'shop.refund' and (payload->>'payment_id')::bigint in (select id from shop.payments where order_id = $1)", order.Id);
}
