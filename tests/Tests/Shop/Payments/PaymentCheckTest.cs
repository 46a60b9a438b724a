using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>What <c>check</c> says of Stripe's keys, and of payments that wait for people.</summary>
public sealed class PaymentCheckTest(TestPostgres postgres) : IAsyncLifetime
{
    private const string Signing = "whsec_0123456789abcdefghijklmnopqrstuv";
    private readonly TestServer _server = new(postgres);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null, null, null, false, "https", "payments.provider")]
    [InlineData("sk_live_1", "pk_live_1", Signing, false, "https", "")]
    [InlineData("rk_live_1", null, Signing, false, "https", "")]
    [InlineData("sk_test_1", "pk_test_1", Signing, false, "https", "payments.stripe-test")]
    [InlineData("sk_test_1", "pk_test_1", Signing, true, "http", "payments.stripe-test")]
    [InlineData("sk_live_1", "pk_live_1", Signing, true, "https", "payments.stripe-live")]
    [InlineData("sk_live_1", "pk_live_1", Signing, false, "http", "payments.stripe-live")]
    [InlineData("sk_live_1", "pk_test_1", Signing, false, "https", "payments.stripe-keys")]
    [InlineData("pk_live_1", "pk_live_1", Signing, false, "https", "payments.stripe-keys")]
    [InlineData(null, "pk_live_1", null, false, "https", "payments.provider payments.stripe-keys")]
    [InlineData("sk_live_1", "pk_live_1", "sk_live_1", false, "https", "payments.stripe-webhook")]
    [InlineData("sk_live_1", "pk_live_1", "whsec_", false, "https", "payments.stripe-webhook")]
    public async Task Keys_that_do_not_belong_together_or_here_fail_their_check(string? secret, string? open, string? signing, bool debug, string scheme, string failed)
    {
        await _server.StartAsync(settings => settings with
        {
            Debug = debug,
            PublicUrl = new Uri($"{scheme}://square.example.org"),
            Shop = settings.Shop with { Stripe = new StripeSettings { SecretKey = secret, PublicKey = open, WebhookSecret = signing } },
        });

        var outcomes = await CheckAsync();

        Assert.Equal(failed, string.Join(' ', outcomes.Where(outcome => outcome.Result.Status == CheckStatus.Failed).Select(outcome => outcome.Code)));
        // No key is ever shown.
        Assert.All(outcomes, outcome => Assert.DoesNotContain("_1", outcome.Result.Found + outcome.Result.Mend, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Money_that_waits_for_people_is_told()
    {
        await using var scene = new PaymentServer(postgres);
        await scene.InitializeAsync();
        var check = async () => Assert.Single(await scene.Server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code == "payments.unsettled", CancellationToken.None)).Result.Status;
        var order = await scene.OrderAsync();
        var session = await order.OpenAsync();
        scene.Stripe.Session(session).AmountTotal = 1;
        Assert.Equal(CheckStatus.Passed, await check());

        await scene.TellAsync(scene.Stripe.Complete(session));
        Assert.Equal(CheckStatus.Failed, await check());
        await scene.Server.ExecuteAsync("update shop.payments set status = 'refund_due', updated_at = $1 where order_id = $2", scene.Server.Clock.GetUtcNow().UtcDateTime, order.Id);
        Assert.Equal(CheckStatus.Passed, await check());
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(CheckStatus.Failed, await check());
    }

    [Fact]
    public async Task A_refund_that_nothing_makes_is_a_drift()
    {
        await using var scene = new PaymentServer(postgres);
        await scene.InitializeAsync();
        var order = await scene.OrderAsync();
        await order.OpenAsync();
        await scene.Server.ExecuteAsync("update shop.payments set status = 'refund_due' where order_id = $1", order.Id);
        await using var scope = scene.Server.App.Services.CreateAsyncScope();
        var drifts = new List<string>();
        foreach (var invariant in scope.ServiceProvider.GetServices<IInvariantCheck>())
            drifts.AddRange((await invariant.RunAsync(CancellationToken.None)).Drifts);
        Assert.Contains(drifts, drift => drift.Contains("is to be refunded, and nothing does it", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<CheckOutcome>> CheckAsync() =>
        await _server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code == "payments.provider" || check.Code.StartsWith("payments.stripe", StringComparison.Ordinal), CancellationToken.None);
}
