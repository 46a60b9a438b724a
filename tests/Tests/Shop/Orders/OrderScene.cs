using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>What tests of orders need around them.</summary>
internal static class OrderScene
{
    public static JsonObject Contact(string name = "Oʻgʻiloy Gʻaniyeva", string email = "ogiloy@example.org") => new()
    {
        ["full_name"] = name,
        ["email"] = email,
        ["phone"] = "+998 90 123 45 67",
        ["address"] = "Toshkent, Amir Temur koʻchasi 1",
    };

    public static Task<TestVariant> OfferAsync(this TestServer server, int stock = 10, decimal price = 9.99m, long? category = null) =>
        CartScene.AddVariantAsync(server, stock, price, category: category);

    public static async Task<Answer> CheckOutAsync(this HttpClient client, JsonObject? contact = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/checkout/") { Content = JsonContent.Create(contact ?? Contact()) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return await response.ReadAnswerAsync();
    }

    /// <summary>A guest's order of so many of it.</summary>
    public static async Task<(HttpClient Buyer, long OrderId)> OrderAsync(this TestServer server, TestVariant variant, int quantity = 1, TestAccount? account = null)
    {
        var buyer = server.CreateBrowser(account);
        await buyer.AddAsync(variant, quantity);
        var answer = await buyer.CheckOutAsync(account is null ? null : Contact(account.FullName, account.Email));
        Assert.Equal("201 pending", answer.ToString());
        return (buyer, answer.Body.GetProperty("order_id").GetInt64());
    }

    /// <summary>So many browsers, each with this in its cart.</summary>
    public static async Task<List<HttpClient>> AddBuyersAsync(this TestServer server, int count, TestVariant variant, int quantity = 1)
    {
        var buyers = Enumerable.Range(0, count).Select(_ => server.CreateBrowser()).ToList();
        foreach (var buyer in buyers)
            Assert.Equal(200, (await buyer.AddAsync(variant, quantity)).Status);
        return buyers;
    }

    public static Task<Answer> CancelOrderAsync(this HttpClient client, long orderId) => client.PostAnswerAsync($"/api/orders/{orderId}/cancel/");

    public static async Task<Answer> PatchStatusAsync(this HttpClient client, long orderId, string status)
    {
        using var response = await client.PatchAsync($"/api/orders/{orderId}/", JsonContent.Create(new { status }));
        return await response.ReadAnswerAsync();
    }

    public static async Task<Answer> GetAnswerAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return await response.ReadAnswerAsync();
    }

    public static Task<int> TakenAsync(this TestServer server, TestVariant variant) =>
        server.ScalarAsync<int>("select taken from inventory.pools where kind = 'variant' and subject_id = $1", variant.Id);

    public static Task<long> CountOrdersAsync(this TestServer server, TestVariant variant) =>
        server.ScalarAsync<long>("select count(*) from shop.order_lines where variant_id = $1", variant.Id);

    public static Task<string?> StatusAsync(this TestServer server, long orderId) =>
        server.ScalarAsync<string>("select status from shop.orders where id = $1", orderId);

    /// <summary>From → to and why, the first first.</summary>
    public static async Task<string[]> HistoryAsync(this TestServer server, long orderId) =>
        await server.ScalarAsync<string[]>("select array_agg(concat(from_status, '→', to_status, ' ', reason) order by id) from shop.order_changes where order_id = $1", orderId) ?? [];

    public static Task<long> CountMailsAsync(this TestServer server, long orderId, string kind) =>
        server.ScalarAsync<long>("select count(*) from kernel.outbox where kind = $2 and subject like 'order:' || $1 || ':%'", orderId, kind);

    /// <summary>As a payment does it, for tests of what comes after.</summary>
    public static async Task PayAsync(this TestServer server, long orderId)
    {
        await server.ExecuteAsync("update shop.orders set status = 'paid', paid_at = now(), hold_expires_at = null where id = $1", orderId);
        await server.ExecuteAsync("update inventory.claims set state = 'confirmed', expires_at = null where id = (select claim_id from shop.orders where id = $1)", orderId);
        await server.ExecuteAsync(
            """
            insert into shop.payments (order_id, provider, attempt, provider_id, provider_payment_id, amount, currency, status, created_at, updated_at, expires_at, paid_at)
            select id, 'test', 1, 'session-' || id, 'intent-' || id, total, currency, 'paid', now(), now(), now(), now() from shop.orders where id = $1
            """,
            orderId);
        await server.ExecuteAsync("insert into shop.order_changes (order_id, from_status, to_status, reason, at) values ($1, 'pending', 'paid', 'paid', now())", orderId);
    }
}
