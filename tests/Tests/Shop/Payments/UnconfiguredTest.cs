using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Payments;

/// <summary>A shop without Stripe's keys.</summary>
public sealed class UnconfiguredTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("/api/create-checkout-session/")]
    [InlineData("/api/webhooks/stripe/")]
    public async Task Payments_say_that_they_are_not_set_up(string path)
    {
        using var person = await server.SignInAsync();
        Assert.Equal("503 payments_unconfigured", (await person.PostAnswerAsync(path, new { order_id = 1 })).ToString());
        Assert.Equal(0L, await server.ScalarAsync<long>("select (select count(*) from shop.payments) + (select count(*) from shop.payment_events)"));
    }
}
