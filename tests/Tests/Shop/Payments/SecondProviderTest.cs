using System.Collections.Concurrent;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Settling;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Shop.Payments;

/// <summary>The port is all that a provider needs: another one, made here, takes orders from their page to the refund.</summary>
public sealed class SecondProviderTest(TestPostgres postgres)
{
    [Fact]
    public async Task Another_provider_opens_settles_and_refunds()
    {
        await using var server = new TestServer(postgres);
        var cashier = new Cashier();
        await server.StartAsync(customise: builder =>
        {
            builder.Services.RemoveAll<IPaymentProvider>();
            builder.Services.AddSingleton<IPaymentProvider>(cashier);
        });
        var variant = await server.AddVariantAsync(stock: 5);
        var buyer = await server.CreateUserAsync();
        using var client = server.SignIn(buyer);
        var order = (await server.App.Services.GetRequiredService<Maydon.Shop.Orders.Deciding.OrderClaims>()
            .DecideAsync(PaymentScene.Placing(buyer.Id, variant, 1, "uz"), CancellationToken.None)).Order!;

        Assert.Equal("https://cashier.example.org/1", (await client.AskToPayAsync(order.Id)).Body.GetProperty("checkout_url").GetString());
        cashier.States["desk-1"] = CheckoutState.Paid;
        server.Clock.Advance(TimeSpan.FromMinutes(6));
        await server.RunJobAsync<ReconcilePayments>();
        Assert.Equal("paid", await server.OrderStatusAsync(order.Id));

        // Of another's name for it, nothing is known.
        await using (var scope = server.App.Services.CreateAsyncScope())
        {
            Assert.Null(await scope.ServiceProvider.GetRequiredService<TakeNews>().ExecuteAsync(
                new PaymentNews
                {
                    Provider = "stripe", EventId = "evt_1", Type = "x", Kind = NewsKind.Over, CreatedAt = server.Clock.Now(), PayloadJson = "{}", ProviderId = "desk-1",
                },
                CancellationToken.None));
        }

        Assert.Equal("paid", await server.OrderStatusAsync(order.Id));
        await server.VerifyAsync();
    }

    private sealed class Cashier : IPaymentProvider
    {
        private int _count;

        public ConcurrentDictionary<string, CheckoutState> States { get; } = new();
        public string Name => "cashier";
        public bool IsSetUp => true;

        public Task<ProviderAnswer<OpenedCheckout>> OpenAsync(CheckoutWish wish, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _count);
            States[$"desk-{number}"] = CheckoutState.Open;
            return Task.FromResult<ProviderAnswer<OpenedCheckout>>(new OpenedCheckout($"desk-{number}", $"https://cashier.example.org/{number}"));
        }

        public Task<ProviderAnswer<CheckoutReport>> ReadAsync(string providerId, CancellationToken cancellationToken) =>
            Task.FromResult<ProviderAnswer<CheckoutReport>>(new CheckoutReport(providerId, States[providerId], "coins", 100m, "UZS"));

        public Task<ProviderAnswer<CheckoutReport>> CloseAsync(string providerId, CancellationToken cancellationToken)
        {
            States.TryUpdate(providerId, CheckoutState.Over, CheckoutState.Open);
            return ReadAsync(providerId, cancellationToken);
        }

        public Task<ProviderAnswer<RefundReceipt>> RefundAsync(RefundWish wish, CancellationToken cancellationToken) =>
            Task.FromResult<ProviderAnswer<RefundReceipt>>(new RefundReceipt("returned", RefundState.Done));

        public Task<ProviderAnswer<RefundReceipt>> ReadRefundAsync(string refundId, CancellationToken cancellationToken) =>
            Task.FromResult<ProviderAnswer<RefundReceipt>>(new RefundReceipt(refundId, RefundState.Done));
    }
}
