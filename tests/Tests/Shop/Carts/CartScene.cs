using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Inventory;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.TestHost;
using TestServer = Maydon.Tests.Support.TestServer;

namespace Maydon.Tests.Shop.Carts;

/// <summary>A variant made directly in the database, in a product of its own.</summary>
internal sealed record TestVariant(long Id, long ProductId, string Sku);

/// <summary>What tests of carts need around them.</summary>
internal static class CartScene
{
    public static async Task<long> AddCategoryAsync(this TestServer server, long? parent = null)
    {
        var id = await server.ScalarAsync<long>(
            "insert into shop.categories (name, slug, created_at) values ('Things', 'things-' || gen_random_uuid(), now()) returning id");
        if (parent is not null)
            await server.ExecuteAsync("update shop.categories set parent_id = $1 where id = $2", parent, id);
        return id;
    }

    public static async Task<TestVariant> AddVariantAsync(this TestServer server, int stock = 10, decimal price = 9.99m, string currency = "UZS", long? category = null)
    {
        category ??= await server.AddCategoryAsync();
        var product = await server.ScalarAsync<long>(
            "insert into shop.products (name, slug, category_id, created_at, updated_at) values ('Thing', 'thing-' || gen_random_uuid(), $1, now(), now()) returning id", category);
        var sku = $"SKU-{product}";
        var variant = await server.ScalarAsync<long>(
            "insert into shop.variants (product_id, sku, price, currency, created_at, updated_at) values ($1, $2, $3, $4, now(), now()) returning id", product, sku, price, currency);
        await using var connection = await server.Database.OpenConnectionAsync();
        await Pools.CreateAsync(connection, new PoolKey("variant", variant), 0, CancellationToken.None);
        if (stock > 0)
            await Pools.MoveAsync(connection, new PoolKey("variant", variant), new StockMovement(stock, "received", Note: null, MovedBy: null, server.Clock.GetUtcNow()), CancellationToken.None);
        return new TestVariant(variant, product, sku);
    }

    public static Task SetStockAsync(this TestServer server, TestVariant variant, int stock) =>
        server.ExecuteAsync("update inventory.pools set capacity = $2 where kind = 'variant' and subject_id = $1", variant.Id, stock);

    /// <summary>As a browser does: cookies are kept.</summary>
    public static HttpClient CreateBrowser(this TestServer server, TestAccount? account = null)
    {
        var client = new HttpClient(new CookieJar(server.App.GetTestServer().CreateHandler())) { BaseAddress = new Uri("http://localhost:8000") };
        if (account is not null)
            client.SignInAs(server, account);
        return client;
    }

    public static void SignInAs(this HttpClient browser, TestServer server, TestAccount account) =>
        browser.DefaultRequestHeaders.Authorization = new("Bearer", server.MintAccessToken(account));

    public static async Task<CartAnswer> GetCartAsync(this HttpClient client) => await CartAnswer.ReadAsync(await client.GetAsync("/api/cart/"));

    public static Task<CartAnswer> AddAsync(this HttpClient client, TestVariant variant, int quantity = 1, string? key = null) =>
        client.SendCartAsync(HttpMethod.Post, new JsonObject { ["variant_id"] = variant.Id, ["quantity"] = quantity }, key);

    public static Task<CartAnswer> SetAsync(this HttpClient client, TestVariant variant, int quantity) =>
        client.SendCartAsync(HttpMethod.Patch, new JsonObject { ["variant_id"] = variant.Id, ["quantity"] = quantity });

    public static Task<CartAnswer> RemoveAsync(this HttpClient client, TestVariant? variant = null) =>
        client.SendCartAsync(HttpMethod.Delete, variant is null ? null : new JsonObject { ["variant_id"] = variant.Id });

    public static async Task<CartAnswer> SendCartAsync(this HttpClient client, HttpMethod method, JsonObject? body, string? key = null)
    {
        using var request = new HttpRequestMessage(method, "/api/cart/") { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await CartAnswer.ReadAsync(await client.SendAsync(request));
    }
}

/// <summary>What <c>/api/cart/</c> answered.</summary>
internal sealed record CartAnswer(int Status, JsonObject Body, IReadOnlyList<string> Cookies, bool Replayed)
{
    public string? Code => (string?)Body["code"];
    public string? Total => (string?)Body["total_price"];
    public int Count => (int)Body["count"]!;
    public JsonArray Items => Body["items"]!.AsArray();
    public JsonArray Notices => Body["notices"]!.AsArray();

    /// <summary>Such as <c>7×2 8×1</c>, in the order of the answer.</summary>
    public string Lines => string.Join(' ', Items.Select(item => $"{item!["variant_id"]}×{item["quantity"]}"));

    public static async Task<CartAnswer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var cookies = response.Headers.TryGetValues("Set-Cookie", out var values) ? values.ToList() : [];
            var body = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
            Assert.True(response.StatusCode != HttpStatusCode.InternalServerError, (string?)body["detail"]);
            return new((int)response.StatusCode, body, cookies, response.Headers.Contains("Idempotency-Replayed"));
        }
    }

    public override string ToString() => $"{Status} {Code ?? Lines}";
}
