using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>Only who has the secret is heard, and only at the time.</summary>
public sealed class SignatureTest(PaymentServer scene) : IClassFixture<PaymentServer>
{
    public static TheoryData<string> Wrong { get; } = ["none", "empty", "no time", "no signature", "other secret", "other body", "old", "early", "v0", "short", "no hex", "time of another", "twice", "huge"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_not_signed_by_Stripe_just_now_is_refused(string how)
    {
        var order = await scene.OrderAsync();
        var paid = scene.Stripe.Complete(await order.OpenAsync());
        var now = scene.Server.Clock.GetUtcNow();
        var right = StripeEvents.Signature(paid, now);
        var signature = how switch
        {
            "none" => null,
            "empty" => "",
            "no time" => $"v1={right}",
            "no signature" => $"t={now.ToUnixTimeSeconds()}",
            "other secret" => StripeEvents.Sign(paid, now, "whsec_other0123456789abcdefghijklmnopq"),
            "other body" => StripeEvents.Sign(paid + " ", now),
            "old" => StripeEvents.Sign(paid, now.AddSeconds(-302)),
            "early" => StripeEvents.Sign(paid, now.AddSeconds(310)),
            "v0" => $"t={now.ToUnixTimeSeconds()},v0={right}",
            "short" => $"t={now.ToUnixTimeSeconds()},v1={right[..32]}",
            "no hex" => $"t={now.ToUnixTimeSeconds()},v1={new string('x', 64)}",
            "time of another" => $"t={now.ToUnixTimeSeconds() - 1},v1={right}",
            "huge" => $"t={now.ToUnixTimeSeconds()},{new string('a', 5000)}=1,v1={right}",
            _ => $"t={now.ToUnixTimeSeconds() - 400},t={now.ToUnixTimeSeconds()},v1={right}",
        };

        Assert.Equal("400 invalid_signature", (await scene.DeliverAsync(paid, signature)).ToString());

        Assert.Null(await scene.OutcomeAsync(paid));
        Assert.Equal("pending", await order.StatusAsync());
        Assert.Equal("open", await order.PaymentsAsync());
    }

    [Theory]
    [InlineData("several")]
    [InlineData("almost old")]
    [InlineData("a little early")]
    [InlineData("spaced")]
    public async Task What_Stripe_signs_is_taken(string how)
    {
        var order = await scene.OrderAsync();
        var paid = scene.Stripe.Complete(await order.OpenAsync());
        var now = scene.Server.Clock.GetUtcNow();
        var right = StripeEvents.Signature(paid, now);
        var signature = how switch
        {
            "several" => $"t={now.ToUnixTimeSeconds()},v1={new string('0', 64)},v1={right},v0={new string('1', 64)}",
            "almost old" => StripeEvents.Sign(paid, now.AddSeconds(-290)),
            "a little early" => StripeEvents.Sign(paid, now.AddSeconds(290)),
            _ => $"t={now.ToUnixTimeSeconds()}, v1={right.ToUpperInvariant()}",
        };

        Assert.Equal("200 ", (await scene.DeliverAsync(paid, signature)).ToString());
        Assert.Equal("paid", await order.StatusAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"evt_1","object":"checkout.session"}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"checkout.session.completed","created":1}""")]
    [InlineData("""{"id":"","object":"event","type":"checkout.session.completed","created":1,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"checkout.session.completed","created":"now","data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"checkout.session.completed","created":99999999999999999,"data":{"object":{}}}""")]
    public async Task What_is_signed_and_no_event_is_refused(string body) => Assert.Equal("400 malformed", (await scene.DeliverAsync(body)).ToString());

    [Fact]
    public async Task Too_much_is_not_read()
    {
        Assert.Equal("413 payload_too_large", (await scene.DeliverAsync(Event(256 * 1024))).ToString());
        Assert.Equal("200 ", (await scene.DeliverAsync(Event(255 * 1024))).ToString());

        static string Event(int length) => """{"id":"evt_1","object":"event","type":"x","created":1,"data":{"object":{"text":"TEXT"}}}""".Replace("TEXT", new string('x', length), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_none_harms_nothing()
    {
        var body = """{"id":"evt_odd","object":"event","type":"checkout.session.completed","created":1,"data":{"object":{"id":"\ud800","currency":"\u0000","amount_total":1e99,"payment_status":7,"metadata":[]}}}""";
        await scene.TellAsync(body);
        Assert.Equal("ignored: of no payment of this shop", await scene.OutcomeAsync(body));
    }
}
