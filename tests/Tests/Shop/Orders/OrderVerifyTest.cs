using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary><c>verify</c> finds every way in which orders, lines, stock, payments and mails can contradict each other.</summary>
public sealed class OrderVerifyTest(TestPostgres postgres)
{
    [Theory]
    [InlineData("update shop.orders set status = 'paid', paid_at = now(), hold_expires_at = null where id = $1", "is paid, its claim", "history ends with pending", "is paid with payments none")]
    [InlineData("update inventory.claims set state = 'released', expires_at = null, ended_at = now() where id = (select claim_id from shop.orders where id = $1)", "is pending, its claim", "given back")]
    [InlineData("update shop.orders set hold_expires_at = hold_expires_at + interval '1 hour' where id = $1", "is held until")]
    [InlineData("update shop.orders set claim_id = -1 where id = $1", "is missing", "belongs to no order", "its claim took 0")]
    [InlineData("update shop.order_lines set quantity = 3 where order_id = $1", "has 3 of variant", "2 taken and 3 ordered", "its lines to 30.00")]
    [InlineData("delete from shop.order_lines where order_id = $1", "its lines to 0", "its claim took 2", "2 taken and 0 ordered")]
    [InlineData("update shop.orders set goods = '' where id = $1", "is not found by its line")]
    [InlineData("update shop.orders set total = 1 where id = $1", "comes to 1.00, its lines to 20.00")]
    [InlineData("alter table shop.order_changes disable trigger all; delete from shop.order_changes where order_id = $1", "its history ends with nothing")]
    [InlineData("insert into shop.payments (order_id, provider, attempt, amount, currency, status, created_at, updated_at, expires_at) values ($1, 'test', 1, 5, 'USD', 'paid', now(), now(), now())",
        "is pending with payments paid", "was paid with 5.00 USD")]
    [InlineData("delete from kernel.outbox where subject like 'order:' || $1 || ':%'", "has no confirmation in the outbox")]
    public async Task A_drift_is_reported(string sql, params string[] expected)
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var variant = await fresh.OfferAsync(price: 10m);
        var (_, id) = await fresh.OrderAsync(variant, 2);
        var (buyer, cancelled) = await fresh.OrderAsync(variant);
        await buyer.CancelOrderAsync(cancelled);
        Assert.Empty(await fresh.FindDriftsAsync());

        foreach (var statement in sql.Split("; "))
            await fresh.ExecuteAsync(statement, statement.Contains("$1", StringComparison.Ordinal) ? [id] : []);

        var drifts = string.Join('\n', await fresh.FindDriftsAsync());
        foreach (var line in expected)
            Assert.Contains(line, drifts, StringComparison.Ordinal);
    }
}
