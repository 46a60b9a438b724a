using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maydon.Inventory.Holds;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>A server whose payments go to a double of Stripe.</summary>
public sealed class PaymentServer(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);
    public StripeDouble Stripe { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await StripeDouble.StartAsync(Server.Clock);
        await Server.StartAsync(settings => settings.PaidBy(Stripe));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}

/// <summary>An order in the tests' hands.</summary>
internal sealed record Bought(long Id, HttpClient Buyer, long VariantId, PaymentServer Scene)
{
    public TestServer Server => Scene.Server;

    public Task<string?> StatusAsync() => Server.OrderStatusAsync(Id);

    public Task<int> TakenAsync() => Server.StockTakenAsync(VariantId);

    /// <summary>The attempts to pay, for example <c>open</c>.</summary>
    public async Task<string> PaymentsAsync() => string.Join(' ', await Server.ScalarAsync<string[]>("select coalesce(array_agg(status order by attempt), '{}') from shop.payments where order_id = $1", Id) ?? []);

    /// <summary>The history, for example <c>→pending, pending→paid</c>.</summary>
    public async Task<string> HistoryAsync() => string.Join(", ", await Server.ScalarAsync<string[]>(
        "select array_agg(concat(from_status, '→', to_status) order by id) from shop.order_changes where order_id = $1", Id) ?? []);

    /// <summary>By their subject: nothing else is kept of those that have gone out.</summary>
    public Task<long> MailsAsync(string kind) =>
        Server.ScalarAsync<long>("select count(*) from kernel.outbox where kind = $1 and subject like 'order:' || $2 || ':%'", kind, Id);

    public Task<Answer> AskAsync() => Buyer.AskToPayAsync(Id);

    /// <summary>The id of the page that the buyer is sent to.</summary>
    public async Task<string> OpenAsync()
    {
        var answer = await AskAsync();
        Assert.True((int)answer.Status == 200, answer.Body.GetRawText());
        return answer.Body.GetProperty("checkout_url").GetString()!.Split('/')[^1];
    }
}

internal static class PaymentScene
{
    private static readonly OrderContact s_contact = new("Aziza Karimova", "aziza@example.org", "+998901234567", "Tashkent", Note: null);

    public static MaydonSettings PaidBy(this MaydonSettings settings, StripeDouble stripe) => settings with
    {
        Shop = settings.Shop with
        {
            Stripe = new StripeSettings { SecretKey = StripeDouble.SecretKey, WebhookSecret = StripeDouble.WebhookSecret, ApiBase = stripe.Address },
        },
    };

    /// <summary>Somebody new orders so many of something new.</summary>
    public static async Task<Bought> OrderAsync(this PaymentServer scene, int quantity = 2, int stock = 5, decimal price = 100m, string currency = "UZS", string language = "uz")
    {
        var variant = await scene.Server.AddVariantAsync(stock, price, currency);
        return await scene.OrderAsync(variant, quantity, language);
    }

    public static async Task<Bought> OrderAsync(this PaymentServer scene, long variant, int quantity, string language = "uz")
    {
        var account = await scene.Server.CreateUserAsync();
        var decision = await scene.Server.App.Services.GetRequiredService<OrderClaims>().DecideAsync(
            Placing(account.Id, variant, quantity, language), CancellationToken.None);
        return new Bought(decision.Order!.Id, scene.Server.SignIn(account), variant, scene);
    }

    public static PlaceOrder Placing(long userId, long variant, int quantity, string language) =>
        new(new Guid(RandomNumberGenerator.GetBytes(16)), userId, GuestHash: null, s_contact, language, TimeSpan.FromMinutes(30), [new WantedItem(variant, quantity)]);

    public static Task<Answer> AskToPayAsync(this HttpClient client, long orderId) => client.PostAnswerAsync("/api/create-checkout-session/", new { order_id = orderId });

    /// <summary>As Stripe delivers it: signed now.</summary>
    public static Task<Answer> DeliverAsync(this PaymentServer scene, string stripeEvent) =>
        scene.DeliverAsync(stripeEvent, StripeEvents.Sign(stripeEvent, scene.Server.Clock.GetUtcNow()));

    public static async Task<Answer> DeliverAsync(this PaymentServer scene, string stripeEvent, string? signature)
    {
        using var client = scene.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/stripe/") { Content = new StringContent(stripeEvent, Encoding.UTF8, "application/json") };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        using var response = await client.SendAsync(request);
        return await response.ReadAnswerAsync();
    }

    /// <summary>Delivers it and sees that it was taken.</summary>
    public static async Task TellAsync(this PaymentServer scene, string stripeEvent)
    {
        var answer = await scene.DeliverAsync(stripeEvent);
        Assert.True((int)answer.Status == 200, answer.Body.GetRawText());
    }

    /// <summary>What the event came to, null when it is not stored.</summary>
    public static async Task<string?> OutcomeAsync(this PaymentServer scene, string stripeEvent)
    {
        using var document = JsonDocument.Parse(stripeEvent);
        return await scene.Server.ScalarAsync<string>("select outcome from shop.payment_events where event_id = $1", document.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>The time to pay is over, and the job has seen it.</summary>
    public static async Task LetHoldsEndAsync(this PaymentServer scene)
    {
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(75));
        await scene.Server.RunJobAsync<ReleaseDueHolds>();
    }

    /// <summary>What <c>verify</c> says, once holds that the moved clock has ended are released.</summary>
    public static async Task VerifyAsync(this PaymentServer scene)
    {
        await scene.Server.RunJobAsync<ReleaseDueHolds>();
        await scene.Server.VerifyAsync();
    }

    /// <summary>Sends what is due, mails and refunds.</summary>
    public static Task<int> DrainAsync(this PaymentServer scene) => scene.Server.App.Services.GetRequiredService<OutboxWorker>().DrainAsync(CancellationToken.None);

    public static OrderAccess Staff => new(UserId: null, GuestHash: null, IsStaff: true);
}
