using System.Globalization;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Starting;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>From an order to Stripe's page, also when Stripe or this server fails on the way.</summary>
public sealed class CheckoutSessionTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    [Fact]
    public async Task The_page_shows_what_was_ordered()
    {
        var order = await scene.OrderAsync(quantity: 3, price: 12_500.50m, language: "ru");

        var session = scene.Stripe.Session(await order.OpenAsync());

        var line = Assert.Single(session.Lines);
        Assert.Equal((1_250_050, 3), (line.UnitAmount, line.Quantity));
        Assert.Equal("uzs", session.Currency);
        Assert.Equal(3_750_150, session.AmountTotal);
        Assert.Equal("aziza@example.org", session.CustomerEmail);
        Assert.Equal("ru", session.Locale);
        Assert.Equal(order.Id.ToString(CultureInfo.InvariantCulture), session.ClientReferenceId);
        Assert.Equal(order.Id.ToString(CultureInfo.InvariantCulture), session.Metadata["order_id"]);
        Assert.Equal(session.Metadata, session.PaymentMetadata);
        Assert.StartsWith("http://localhost:8000/", session.SuccessUrl, StringComparison.Ordinal);
        Assert.Equal("open", await order.PaymentsAsync());
        // The hold outlives the page.
        Assert.True(await scene.Server.ScalarAsync<bool>("select c.expires_at = o.hold_expires_at and o.hold_expires_at > p.expires_at from shop.orders o join inventory.claims c on c.id = o.claim_id join shop.payments p on p.order_id = o.id where o.id = $1", order.Id));
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Attributes_stand_beside_the_name()
    {
        var order = await scene.OrderAsync();
        await scene.Server.ExecuteAsync("""update shop.order_lines set product_name = 'Phone', attributes = '[{"attribute_name":"Color","value":"Red"},{"attribute_name":"Memory","value":"64 GB"}]' where order_id = $1""", order.Id);
        await scene.Server.ExecuteAsync("update shop.orders set goods = (select sku || ' Phone' from shop.order_lines where order_id = id) where id = $1", order.Id);

        Assert.Equal("Phone (Red, 64 GB)", scene.Stripe.Session(await order.OpenAsync()).Lines[0].Name);
    }

    [Fact]
    public async Task Asked_again_it_is_the_same_page()
    {
        var order = await scene.OrderAsync();
        var first = await order.OpenAsync();
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(first, await order.OpenAsync());
        Assert.Single(SessionsOf(order));
        Assert.Equal("open", await order.PaymentsAsync());
    }

    [Fact]
    public async Task Asked_by_twenty_at_once_it_is_one_page()
    {
        scene.Stripe.Delay = TimeSpan.FromMilliseconds(150);
        try
        {
            var order = await scene.OrderAsync();

            var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => order.AskAsync()));

            // Some may have met their own twin at Stripe for too long: they are told to come again, and nothing is lost.
            Assert.Subset(new HashSet<string> { "200 ", "503 payment_provider_unavailable" }, pages.Tally().Keys.ToHashSet());
            Assert.Single(pages.Where(page => (int)page.Status == 200).Select(page => page.Body.GetProperty("checkout_url").GetString()).Distinct());
            Assert.Single(SessionsOf(order));
            Assert.Equal("open", await order.PaymentsAsync());
            await scene.VerifyAsync();
        }
        finally
        {
            scene.Stripe.Delay = TimeSpan.Zero;
        }
    }

    [Fact]
    public async Task Only_who_may_read_the_order_may_pay_it()
    {
        var order = await scene.OrderAsync();
        using var stranger = await scene.Server.SignInAsync();
        using var nobody = scene.Server.CreateClient();
        using var staff = await scene.Server.SignInAsync("staff");

        Assert.Equal("404 order_not_found", (await stranger.AskToPayAsync(order.Id)).ToString());
        Assert.Equal("404 order_not_found", (await nobody.AskToPayAsync(order.Id)).ToString());
        Assert.Equal("404 order_not_found", (await order.Buyer.AskToPayAsync(long.MaxValue)).ToString());
        Assert.Equal("400 validation_error", (await order.Buyer.PostAnswerAsync("/api/create-checkout-session/", new { })).ToString());
        Assert.Equal("", await order.PaymentsAsync());
        Assert.Empty(SessionsOf(order));
        Assert.Equal("200 ", (await staff.AskToPayAsync(order.Id)).ToString());
    }

    [Fact]
    public async Task Only_a_pending_order_can_be_paid()
    {
        var paid = await scene.OrderAsync();
        await scene.TellAsync(scene.Stripe.Complete(await paid.OpenAsync()));
        Assert.Equal("409 already_paid", (await paid.AskAsync()).ToString());

        var cancelled = await scene.OrderAsync();
        await DecideAsync(new CancelOrder(cancelled.Id, PaymentScene.Staff, [cancelled.VariantId]));
        Assert.Equal("409 order_cancelled", (await cancelled.AskAsync()).ToString());
        Assert.Empty(SessionsOf(cancelled));
    }

    [Theory]
    [InlineData("UZS", 100.25, 10_025)]
    [InlineData("USD", 9.99, 999)]
    [InlineData("JPY", 500, 500)]
    [InlineData("XOF", 1500, 1500)]
    [InlineData("ISK", 5, 500)]
    [InlineData("UGX", 300, 30_000)]
    [InlineData("KWD", 1.25, 1250)]
    public async Task Amounts_are_in_the_currency_s_smallest_unit(string currency, double price, long expected)
    {
        var order = await scene.OrderAsync(quantity: 1, price: (decimal)price, currency: currency);
        var session = await order.OpenAsync();
        Assert.Equal(expected, scene.Stripe.Session(session).AmountTotal);
        await scene.TellAsync(scene.Stripe.Complete(session));
        Assert.Equal("paid", await order.StatusAsync());
    }

    [Theory]
    [InlineData("JPY", 10.5)]
    [InlineData("ISK", 0.5)]
    public async Task An_amount_that_no_coin_makes_is_refused(string currency, double price)
    {
        var order = await scene.OrderAsync(price: (decimal)price, currency: currency);
        Assert.Equal("409 payment_refused", (await order.AskAsync()).ToString());
        Assert.Equal("failed", await order.PaymentsAsync());
        Assert.Empty(SessionsOf(order));
    }

    [Theory]
    [InlineData(StripeTrouble.HangUp)]
    [InlineData(StripeTrouble.HangUpAfter)]
    public async Task A_lost_connection_is_tried_once_more_under_the_same_key(StripeTrouble trouble)
    {
        var order = await scene.OrderAsync();
        scene.Stripe.Troubles.Enqueue(trouble);

        await order.OpenAsync();

        var calls = CallsOf(order);
        Assert.Equal([0, 200], calls.Select(call => call.Status));
        Assert.Single(calls.Select(call => call.IdempotencyKey).Distinct());
        Assert.Single(SessionsOf(order));
    }

    [Theory]
    [InlineData(StripeTrouble.HangUp, StripeTrouble.HangUp)]
    [InlineData(StripeTrouble.HangUpAfter, StripeTrouble.HangUpAfter)]
    [InlineData(StripeTrouble.Gateway)]
    [InlineData(StripeTrouble.TooMany)]
    public async Task Without_an_answer_the_buyer_is_told_to_come_again_and_the_same_attempt_goes_on(params StripeTrouble[] troubles)
    {
        var order = await scene.OrderAsync();
        foreach (var trouble in troubles)
            scene.Stripe.Troubles.Enqueue(trouble);

        var answer = await order.AskAsync();
        Assert.Equal("503 payment_provider_unavailable", answer.ToString());
        Assert.Equal("starting", await order.PaymentsAsync());
        Assert.Equal(2, await order.TakenAsync());

        await order.OpenAsync();
        Assert.Equal("open", await order.PaymentsAsync());
        Assert.Single(SessionsOf(order));
        Assert.Single(CallsOf(order).Select(call => call.IdempotencyKey).Distinct());
        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(StripeTrouble.Fault, "503 payment_provider_unavailable")]
    [InlineData(StripeTrouble.Refuse, "409 payment_refused")]
    public async Task What_stands_under_a_key_is_left_behind_with_it(StripeTrouble trouble, string expected)
    {
        var order = await scene.OrderAsync();
        scene.Stripe.Troubles.Enqueue(trouble);

        Assert.Equal(expected, (await order.AskAsync()).ToString());
        Assert.Equal("failed", await order.PaymentsAsync());
        Assert.Equal("pending", await order.StatusAsync());

        await order.OpenAsync();
        Assert.Equal("failed open", await order.PaymentsAsync());
        Assert.Equal(2, CallsOf(order).Select(call => call.IdempotencyKey).Distinct().Count());
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Killed_after_Stripe_s_answer_the_next_request_finds_the_same_page()
    {
        var order = await scene.OrderAsync();
        var begun = await BeginAsync(order);
        var opened = (await Provider.OpenAsync(StartPayment.Wish(begun.Order!, begun.Payment!), CancellationToken.None)).Value!;
        // Here the server dies.

        Assert.Equal(opened.ProviderId, await order.OpenAsync());
        Assert.Single(SessionsOf(order));
        Assert.Equal("open", await order.PaymentsAsync());
    }

    [Fact]
    public async Task Killed_before_Stripe_was_asked_an_old_attempt_makes_room_for_a_new_one()
    {
        var order = await scene.OrderAsync();
        await BeginAsync(order);
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(10));

        var session = scene.Stripe.Session(await order.OpenAsync());

        Assert.Equal("failed open", await order.PaymentsAsync());
        Assert.True(session.ExpiresAt - scene.Server.Clock.GetUtcNow() > TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task Nobody_holds_stock_for_ever_by_asking()
    {
        var order = await scene.OrderAsync();
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(29));
        scene.Stripe.Troubles.Enqueue(StripeTrouble.Fault);
        Assert.Equal("503 payment_provider_unavailable", (await order.AskAsync()).ToString());
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("409 payment_time_over", (await order.AskAsync()).ToString());
        Assert.True(await scene.Server.ScalarAsync<bool>("select hold_expires_at <= created_at + interval '67 minutes' from shop.orders where id = $1", order.Id));
        await scene.LetHoldsEndAsync();
        Assert.Equal("cancelled", await order.StatusAsync());
        Assert.Equal(0, await order.TakenAsync());
    }

    [Fact]
    public async Task A_page_that_has_closed_is_not_opened_again()
    {
        var order = await scene.OrderAsync();
        await order.OpenAsync();
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(33));
        Assert.Equal("409 payment_time_over", (await order.AskAsync()).ToString());
        Assert.Single(SessionsOf(order));
    }

    [Fact]
    public async Task An_outage_of_minutes_uses_up_no_orders_attempts()
    {
        var order = await scene.OrderAsync();
        for (var n = 0; n < PaymentTimes.QuickAttempts; n++)
        {
            scene.Stripe.Troubles.Enqueue(StripeTrouble.Fault);
            Assert.Equal("503 payment_provider_unavailable", (await order.AskAsync()).ToString());
        }

        for (var n = 0; n < 30; n++)
            Assert.Equal("503 payment_provider_unavailable", (await order.AskAsync()).ToString());
        Assert.Equal(PaymentTimes.QuickAttempts, CallsOf(order).Count);
        Assert.Equal("failed failed failed", await order.PaymentsAsync());

        scene.Server.Clock.Advance(TimeSpan.FromMinutes(1.5));
        await order.OpenAsync();
        Assert.Equal("failed failed failed open", await order.PaymentsAsync());
    }

    [Fact]
    public async Task A_provider_that_fails_twenty_times_is_not_asked_again()
    {
        var order = await scene.OrderAsync();
        for (var n = 0; n < PaymentTimes.MostAttempts; n++)
        {
            if (n >= PaymentTimes.QuickAttempts)
                scene.Server.Clock.Advance(TimeSpan.FromMinutes(1.5));
            scene.Stripe.Troubles.Enqueue(StripeTrouble.Fault);
            Assert.Equal("503 payment_provider_unavailable", (await order.AskAsync()).ToString());
        }

        Assert.Equal("409 payment_refused", (await order.AskAsync()).ToString());
        Assert.Equal(PaymentTimes.MostAttempts, CallsOf(order).Count);
    }

    private IPaymentProvider Provider => scene.Server.App.Services.GetRequiredService<PaymentProviders>().Current!;

    private Task<OrderDecision> BeginAsync(Bought order) =>
        DecideAsync(new BeginPayment(order.Id, PaymentScene.Staff, Provider.Name, TimeSpan.FromMinutes(30), [order.VariantId]));

    private Task<OrderDecision> DecideAsync(OrderRequest request) => scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(request, CancellationToken.None);

    private List<StripeSession> SessionsOf(Bought order) => [.. scene.Stripe.Sessions.Where(session => session.ClientReferenceId == order.Id.ToString(CultureInfo.InvariantCulture))];

    private List<StripeCall> CallsOf(Bought order) => [.. scene.Stripe.Calls.Where(call => call.Form.GetValueOrDefault("client_reference_id") == order.Id.ToString(CultureInfo.InvariantCulture))];
}
