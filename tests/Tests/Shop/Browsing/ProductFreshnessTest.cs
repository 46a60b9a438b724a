using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Maydon.Shop.Stock;
using Maydon.Tests.Events;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Shop.Orders;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>What is answered from memory is never older than what is committed.</summary>
public sealed class ProductFreshnessTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Every_write_of_the_catalogue_shows_in_the_next_answer()
    {
        using var staff = await server.SignInStaffAsync();
        using var reader = server.CreateClient();
        Assert.Equal("", await LookAsync("freshest"));
        var category = await staff.MakeCategoryAsync("Yangi");
        var product = await staff.MakeProductAsync("Freshest", category);
        Assert.Equal("freshest - 0 - Yangi 1", await LookAsync("freshest"));

        var variant = (long)(await staff.MakeAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = "10.00", currency = "UZS", stock = 3, attributes = new { Color = "Red" } }))["id"]!;
        Assert.Equal("freshest 10.00 3 - Yangi 1", await LookAsync("freshest"));
        await staff.PatchAsync($"/api/variants/{variant}/", new { price = "12.50" });
        Assert.Equal("freshest 12.50 3 - Yangi 1", await LookAsync("freshest"));
        Assert.Equal(["freshest"], await reader.SlugsAsync("attr.Color=Red&search=freshest"));
        await staff.PatchAsync($"/api/variants/{variant}/", new { attributes = new { Color = "Blue" } });
        Assert.Equal([], await reader.SlugsAsync("attr.Color=Red&search=freshest"));
        Assert.Equal(["freshest"], await reader.SlugsAsync("attr.Color=Blue&search=freshest"));
        Assert.Equal(HttpStatusCode.Created, (await staff.MoveAsync(variant, 4)).Status);
        Assert.Equal("freshest 12.50 7 - Yangi 1", await LookAsync("freshest"));

        using (var person = await server.SignInAsync("Seeker"))
        {
            var review = (long)(await person.MakeAsync("/api/reviews/", new { product, rating = 4, comment = "" }))["id"]!;
            Assert.Equal("freshest 12.50 7 4 Yangi 1", await LookAsync("freshest"));
            await person.PatchAsync($"/api/reviews/{review}/", new { rating = 2 });
            Assert.Equal("freshest 12.50 7 2 Yangi 1", await LookAsync("freshest"));
            await DeleteAsync(person, $"/api/reviews/{review}/");
            Assert.Equal("freshest 12.50 7 - Yangi 1", await LookAsync("freshest"));
        }

        await staff.PatchAsync($"/api/categories/{category}/", new { name = "Qayta nomlangan" });
        Assert.Equal("freshest 12.50 7 - Qayta nomlangan 1", await LookAsync("freshest"));
        await staff.PatchAsync($"/api/variants/{variant}/", new { is_active = false });
        Assert.Equal("freshest - 0 - Qayta nomlangan 1", await LookAsync("freshest"));
        await staff.PatchAsync($"/api/variants/{variant}/", new { is_active = true });
        await staff.PatchAsync($"/api/categories/{category}/", new { is_active = false });
        Assert.Equal("", await LookAsync("freshest"));
        await reader.GetAsync("/api/products/freshest/").RefusedAsync(404, "product_not_found");
        await reader.GetAsync($"/api/categories/{category}/").RefusedAsync(404, "category_not_found");
        await staff.PatchAsync($"/api/categories/{category}/", new { is_active = true });
        Assert.Equal("freshest 12.50 7 - Qayta nomlangan 1", await LookAsync("freshest"));
        await staff.PatchAsync($"/api/products/{product}/", new { is_active = false });
        Assert.Equal("", await LookAsync("freshest"));
        await reader.GetAsync("/api/products/freshest/").RefusedAsync(404, "product_not_found");
        await staff.PatchAsync($"/api/products/{product}/", new { is_active = true, name = "Ripest" });
        Assert.Equal("", await LookAsync("freshest", by: "freshest"));
        Assert.Equal("freshest 12.50 7 - Qayta nomlangan 1", await LookAsync("freshest", by: "ripest"));
        await DeleteAsync(staff, $"/api/variants/{variant}/");
        Assert.Equal("freshest - 0 - Qayta nomlangan 1", await LookAsync("freshest", by: "ripest"));
        await DeleteAsync(staff, $"/api/products/{product}/");
        Assert.Equal("", await LookAsync("freshest", by: "ripest"));
        await reader.GetAsync("/api/products/freshest/").RefusedAsync(404, "product_not_found");

        // The same by the list, the facets, the product's own address and the category's.
        async Task<string> LookAsync(string slug, string? by = null)
        {
            var page = await reader.GetJsonAsync($"/api/products/?search={by ?? slug}&facets=true");
            var facets = page["facets"]!["categories"]!.AsArray();
            if (page["results"]!.AsArray() is not [{ } listed])
            {
                Assert.Empty(facets);
                return "";
            }

            var whole = await reader.GetJsonAsync($"/api/products/{slug}/");
            var own = await reader.GetJsonAsync($"/api/categories/{whole["category"]!["id"]}/");
            Assert.Equal(Describe(listed), Describe(whole));
            Assert.Equal((string?)own["name"], (string?)listed["category"]!["name"]);
            Assert.Equal(1, (int)Assert.Single(facets)!["count"]!);
            return $"{Describe(listed)} {own["name"]} {own["product_count"]}";
        }

        static string Describe(JsonNode product) => $"{product["slug"]} {(string?)product["price"] ?? "-"} {product["available"]} {(product["rating_average"] is { } stars ? $"{stars}" : "-")}";
    }

    [Fact]
    public async Task Orders_and_their_end_show_in_the_next_answer()
    {
        using var reader = server.CreateClient();
        var variant = await server.OfferAsync(stock: 5);
        await server.ExecuteAsync("update shop.products set name = 'Soldquick' where id = $1", variant.ProductId);
        server.Forget();
        await AssertAsync(5);

        var (buyer, order) = await server.OrderAsync(variant, 5);
        await AssertAsync(0);
        Assert.Equal(HttpStatusCode.OK, (await buyer.CancelOrderAsync(order)).Status);
        await AssertAsync(5);
        buyer.Dispose();

        async Task AssertAsync(int available)
        {
            var listed = (await reader.GetJsonAsync("/api/products/?search=soldquick"))["results"]![0]!;
            Assert.Equal((available, available > 0), ((int)listed["available"]!, (bool)listed["in_stock"]!));
            var whole = await reader.GetJsonAsync($"/api/products/{variant.ProductId}/");
            Assert.Equal((available, available), ((int)whole["available"]!, (int)whole["variants"]![0]!["available"]!));
        }
    }

    [Fact]
    public async Task Readers_in_a_storm_of_orders_see_every_piece_that_was_answered_for()
    {
        using var reader = server.CreateClient();
        var variant = await server.OfferAsync(stock: 100);
        await server.ExecuteAsync("update shop.products set name = 'Stormgoods' where id = $1", variant.ProductId);
        server.Forget();
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            for (var i = 0; i < 5; i++)
            {
                var (buyer, _) = await server.OrderAsync(variant);
                buyer.Dispose();
                var atLeast = Interlocked.Increment(ref answered);
                Assert.InRange(100 - (int)(await reader.GetJsonAsync("/api/products/?search=stormgoods"))["results"]![0]!["available"]!, atLeast, 30);
                Assert.InRange(100 - (int)(await reader.GetJsonAsync($"/api/products/{variant.ProductId}/"))["available"]!, atLeast, 30);
            }
        }));
        Assert.Equal(70, (int)(await reader.GetJsonAsync("/api/products/?search=stormgoods"))["results"]![0]!["available"]!);
    }

    [Fact]
    public async Task Readers_in_a_storm_of_prices_see_the_last_that_was_answered()
    {
        using var reader = server.CreateClient();
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync("Priceystorm");
        long[] variants = [await staff.MakeVariantAsync(product: product, attributes: new { Storm = "a" }), await staff.MakeVariantAsync(product: product, attributes: new { Storm = "b" })];
        await Task.WhenAll(variants.Select(async (variant, place) =>
        {
            for (var i = 1; i <= 12; i++)
            {
                await staff.PatchAsync($"/api/variants/{variant}/", new { price = $"{(100 * (place + 1)) + i}.00" });
                var listed = (await reader.GetJsonAsync("/api/products/?search=priceystorm"))["results"]![0]!;
                var seen = place == 0 ? (string?)listed["price"] : (string?)listed["max_price"];
                // The other one may still have the price it began with.
                Assert.True(seen == $"{(100 * (place + 1)) + i}.00" || (place == 1 && decimal.Parse(seen!) > 1000), $"{place}: {seen} after {i}");
            }
        }));
    }

    [Fact]
    public async Task What_is_in_stock_is_gone_at_once_and_back_within_seconds()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        own.Clock.Stop();
        using var reader = own.CreateClient();
        var category = await own.AddCategoryAsync("Stock", "stock");
        long[] products = [await own.AddProductAsync(category, "First", "first"), await own.AddProductAsync(category, "Second", "second")];
        long[] variants = [await own.AddShownVariantAsync(products[0], "S-1", 1, 1), await own.AddShownVariantAsync(products[1], "S-2", 1, 0)];
        own.Forget();
        await AssertAsync(["first"], ["second"]);

        await SetAsync(0, 0);
        Assert.Equal([], await reader.SlugsAsync("in_stock=true"));
        own.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await AssertAsync([], ["second", "first"]);

        await SetAsync(1, 5);
        Assert.Equal(["first"], await reader.SlugsAsync("in_stock=false"));
        own.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await AssertAsync(["second"], ["first"]);

        async Task SetAsync(int place, int stock)
        {
            await own.ExecuteAsync("update inventory.pools set capacity = $2 where kind = 'variant' and subject_id = $1", variants[place], stock);
            await own.App.Services.GetRequiredService<StockChanges>().TellNowAsync([products[place]]);
        }

        async Task AssertAsync(string[] available, string[] soldOut)
        {
            Assert.Equal(available, await reader.SlugsAsync("in_stock=true"));
            Assert.Equal(soldOut, await reader.SlugsAsync("in_stock=false"));
            own.Clock.Advance(TimeSpan.FromSeconds(2.1));
            Assert.Equal(available.Length, (int?)(await reader.GetJsonAsync("/api/products/?in_stock=true&facets=true"))["facets"]!["categories"]!.AsArray().FirstOrDefault()?["count"] ?? 0);
        }
    }

    [Fact]
    public async Task Another_node_shows_it_as_soon_as_it_is_told()
    {
        await using var node = new TestServer(postgres);
        await node.StartAsync(sibling: server);
        using var staff = await server.SignInStaffAsync();
        using var reader = node.CreateClient();
        Assert.Empty(await reader.SlugsAsync("search=elsewhere"));

        var product = await staff.MakeProductAsync("Elsewhere");
        await EventuallyAsync(async () => (await reader.SlugsAsync("search=elsewhere")).Count == 1);
        var variant = await staff.MakeVariantAsync(stock: 2, product: product);
        await EventuallyAsync(async () => (int)(await reader.GetJsonAsync($"/api/products/{product}/"))["available"]! == 2);
        await staff.MoveAsync(variant, 3);
        await EventuallyAsync(async () => (int)(await reader.GetJsonAsync($"/api/products/{product}/"))["available"]! == 5);
    }

    [Fact]
    public async Task What_a_reader_has_already_is_not_sent_again()
    {
        using var staff = await server.SignInStaffAsync();
        using var reader = server.CreateClient();
        var category = await staff.MakeCategoryAsync("Tagged");
        var product = await staff.MakeProductAsync("Tagged", category);
        foreach (var address in new[] { "/api/products/?search=tagged&facets=true", $"/api/products/{product}/", "/api/products/tagged/", "/api/categories/", $"/api/categories/{category}/" })
        {
            using var first = await reader.GetAsync(address);
            var tag = first.Headers.ETag!;
            using var again = await AskAsync(address, tag);
            Assert.Equal((304, ""), ((int)again.StatusCode, await again.Content.ReadAsStringAsync()));

            await staff.PatchAsync($"/api/products/{product}/", new { description = address });
            await staff.PatchAsync($"/api/categories/{category}/", new { name = $"Tagged {address.Length}" });
            await staff.MakeVariantAsync(stock: 1, product: product, attributes: new { Tag = address });
            using var changed = await AskAsync(address, tag);
            Assert.Equal(200, (int)changed.StatusCode);
            Assert.NotEqual(tag, changed.Headers.ETag);
        }

        async Task<HttpResponseMessage> AskAsync(string address, EntityTagHeaderValue tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { tag } } };
            return await reader.SendAsync(request);
        }
    }

    private static async Task DeleteAsync(HttpClient client, string address)
    {
        using var answer = await client.DeleteAsync(address);
        Assert.Equal(204, (int)answer.StatusCode);
    }

    /// <summary>What comes by a signal comes soon, but not with the answer to the write.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; !await holds(); attempt++)
        {
            Assert.True(attempt < 200, "It did not become true within ten seconds.");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}
