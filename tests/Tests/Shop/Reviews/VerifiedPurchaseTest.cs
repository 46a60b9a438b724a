using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Reviews;

/// <summary>On a server of its own: these orders are rows alone, without stock or payment, and <c>verify</c> would say so.</summary>
public sealed class VerifiedPurchaseTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("pending", false)]
    [InlineData("paid", true)]
    [InlineData("shipped", true)]
    [InlineData("delivered", true)]
    [InlineData("cancelled", false)]
    public async Task Whoever_has_bought_it_is_said_to(string status, bool isVerified)
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        var variant = await staff.MakeVariantAsync(product: product);
        var buyer = await server.CreateUserAsync();
        var other = await server.CreateUserAsync();
        await server.ExecuteAsync(
            """
            with made as (
                insert into shop.orders (number, user_id, cart_ref, status, full_name, email, phone, address, language, currency, total, claim_id, hold_expires_at, created_at, updated_at, paid_at,
                    cancelled_at, cancel_reason, goods)
                values (gen_random_uuid()::text, $1, gen_random_uuid(), $4, '', '', '', '', 'uz', 'UZS', 5, -$2, case when $4 = 'pending' then now() end, now(), now(), now(),
                    case when $4 = 'cancelled' then now() end, case when $4 = 'cancelled' then 'x' end, '')
                returning id
            )
            insert into shop.order_lines (order_id, variant_id, product_id, sku, product_name, attributes, price, quantity) select id, $2, $3, '', '', '[]', 5, 1 from made
            """,
            buyer.Id, variant, product, status);

        using var first = server.SignIn(buyer);
        using var second = server.SignIn(other);
        Assert.Equal(isVerified, (bool)(await first.MakeAsync("/api/reviews/", new { product, rating = 5 }))["verified_purchase"]!);
        Assert.False((bool)(await second.MakeAsync("/api/reviews/", new { product, rating = 5 }))["verified_purchase"]!);
    }
}
