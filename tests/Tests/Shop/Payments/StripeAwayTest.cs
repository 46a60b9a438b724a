using System.Diagnostics;
using Maydon.Kernel.Settings;
using Maydon.Shop.Payments.Stripe;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Stripe answers late, not at all, or does not know our key; and comes in bursts.</summary>
public sealed class StripeAwayTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly TestServer _server = new(postgres);
    private StripeDouble _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeDouble.StartAsync(_server.Clock);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_waits_for_it_longer_than_a_while()
    {
        await _server.StartAsync(settings => settings.PaidBy(_stripe), builder => builder.Services.Replace(ServiceDescriptor.Singleton(services =>
            new StripeApi(services.GetRequiredService<MaydonSettings>(), NullLogger<StripeApi>.Instance, TimeSpan.FromMilliseconds(300)))));
        var (client, order) = await OrderAsync();
        _stripe.Delay = TimeSpan.FromSeconds(2);
        var started = Stopwatch.GetTimestamp();

        Assert.Equal("503 payment_provider_unavailable", (await client.AskToPayAsync(order)).ToString());

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
        // Meanwhile it was done there, and is found again.
        _stripe.Delay = TimeSpan.Zero;
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal("200 ", (await client.AskToPayAsync(order)).ToString());
        Assert.Single(_stripe.Sessions);
    }

    [Fact]
    public async Task Where_nothing_listens_the_order_is_kept()
    {
        await _server.StartAsync(settings => settings.PaidBy(_stripe));
        await _stripe.DisposeAsync();
        var (client, order) = await OrderAsync();

        var answer = await client.AskToPayAsync(order);

        Assert.Equal("503 payment_provider_unavailable", answer.ToString());
        Assert.Equal("starting", await _server.ScalarAsync<string>("select status from shop.payments where order_id = $1", order));
        _stripe = await StripeDouble.StartAsync(_server.Clock, _stripe.Address.Port);
        Assert.Equal("200 ", (await client.AskToPayAsync(order)).ToString());
    }

    [Fact]
    public async Task A_key_that_Stripe_does_not_know_is_our_fault_and_can_be_mended()
    {
        await _server.StartAsync(settings => settings.PaidBy(_stripe) with
        {
            Shop = new ShopSettings { Stripe = new StripeSettings { SecretKey = "sk_test_other", WebhookSecret = StripeDouble.WebhookSecret, ApiBase = _stripe.Address } },
        });
        var (client, order) = await OrderAsync();

        Assert.Equal("503 payment_provider_unavailable", (await client.AskToPayAsync(order)).ToString());

        Assert.Equal("starting", await _server.ScalarAsync<string>("select status from shop.payments where order_id = $1", order));
    }

    [Fact]
    public async Task A_burst_of_events_is_not_throttled()
    {
        await _server.StartAsync(settings => settings.PaidBy(_stripe) with { Throttles = new ThrottleSettings { AnonDefault = new Rate(1, TimeSpan.FromHours(1)) } });
        using var client = _server.CreateClient();
        for (var n = 0; n < 5; n++)
        {
            var told = StripeEvents.Of("customer.created", """{"id":"cus_1"}""", _server.Clock);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/stripe/") { Content = new StringContent(told) };
            request.Headers.TryAddWithoutValidation("Stripe-Signature", StripeEvents.Sign(told, _server.Clock.GetUtcNow()));
            using var response = await client.SendAsync(request);
            Assert.Equal("200 ", (await response.ReadAnswerAsync()).ToString());
        }

        Assert.Equal("404 order_not_found", (await client.AskToPayAsync(1)).ToString());
        Assert.Equal("429 throttled", (await client.AskToPayAsync(1)).ToString());
    }

    private async Task<(HttpClient Client, long Order)> OrderAsync()
    {
        var buyer = await _server.CreateUserAsync();
        var placing = PaymentScene.Placing(buyer.Id, await _server.AddVariantAsync(stock: 5), 1, "uz");
        var decision = await _server.App.Services.GetRequiredService<Maydon.Shop.Orders.Deciding.OrderClaims>().DecideAsync(placing, CancellationToken.None);
        return (_server.SignIn(buyer), decision.Order!.Id);
    }
}
