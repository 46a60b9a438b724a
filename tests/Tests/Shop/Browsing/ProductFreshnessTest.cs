using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Maydon.Shop.Stock;
using Maydon.Tests.Events;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Shop.Orders;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Npgsql;

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
    public async Task A_review_is_in_the_next_answer_wherever_stars_matter_and_nothing_else_is_read_again()
    {
        using var staff = await server.SignInStaffAsync();
        using var person = await server.SignInAsync("Seeker");
        using var reader = server.CreateClient();
        var category = await staff.MakeCategoryAsync("Yulduzli");
        long[] products = [await staff.MakeProductAsync("Starlit", category), await staff.MakeProductAsync("Moonlit", category)];
        string[] others = [$"/api/products/{products[1]}/", "/api/products/?search=moonlit", "/api/products/?search=moonlit&facets=true", $"/api/categories/{category}/", "/api/categories/"];
        Assert.Equal("moonlit starlit,,0,", await StarsAsync());
        foreach (var address in others)
            await reader.GetJsonAsync(address);

        var review = (long)(await person.MakeAsync("/api/reviews/", new { product = products[0], rating = 3 }))["id"]!;
        Assert.Equal("starlit moonlit,starlit,1,3", await StarsAsync());
        await person.PatchAsync($"/api/reviews/{review}/", new { rating = 1 });
        Assert.Equal("starlit moonlit,,0,1", await StarsAsync());
        await DeleteAsync(person, $"/api/reviews/{review}/");
        Assert.Equal("moonlit starlit,,0,", await StarsAsync());

        using var statements = new SqlStatements(server);
        foreach (var address in others)
            await reader.GetJsonAsync(address);
        Assert.Empty(statements.Texts);

        // The order by stars, what has two of them, how many that are, and those of the first in a list.
        async Task<string> StarsAsync()
        {
            var rated = await reader.GetJsonAsync($"/api/products/?category={category}&min_rating=2&facets=true");
            var listed = (await reader.GetJsonAsync("/api/products/?search=starlit"))["results"]![0]!;
            Assert.Equal((string?)(await reader.GetJsonAsync($"/api/products/{products[0]}/"))["rating_average"]?.ToJsonString(), (string?)listed["rating_average"]?.ToJsonString());
            return $"{string.Join(' ', await reader.SlugsAsync($"category={category}&ordering=-rating"))},{string.Join(' ', BrowsingScene.Slugs(rated))}," +
                $"{(int?)rated["facets"]!["categories"]!.AsArray().FirstOrDefault()?["count"] ?? 0},{listed["rating_average"]}";
        }
    }

    [Fact]
    public async Task Buyers_are_answered_from_memory_as_strangers_are_where_staff_see_more()
    {
        using var staff = await server.SignInStaffAsync();
        using var person = await server.SignInAsync("Seeker");
        var category = await staff.MakeCategoryAsync("Koʻrinadi");
        await staff.MakeAsync("/api/categories/", new { name = "Yashirin boʻlim", parent = category, is_active = false });
        var product = await staff.MakeProductAsync("Halfhidden", category);
        var variant = await staff.MakeVariantAsync(product: product);
        await staff.PatchAsync($"/api/variants/{variant}/", new { is_active = false });
        foreach (var (address, hidden) in new[] { ($"/api/products/{product}/", "variants"), ("/api/products/halfhidden/", "variants"), ($"/api/categories/{category}/", "children") })
        {
            using var first = await person.GetAsync(address);
            using var statements = new SqlStatements(server);
            using var again = await person.GetAsync(address);
            Assert.Empty(statements.Texts);
            Assert.NotNull(again.Headers.ETag);
            Assert.Equal(first.Headers.ETag, again.Headers.ETag);
            Assert.Empty((await again.ReadAsync())[hidden]!.AsArray());

            using var whole = await staff.GetAsync(address);
            Assert.Null(whole.Headers.ETag);
            Assert.Single((await whole.ReadAsync())[hidden]!.AsArray());
        }
    }

    [Fact]
    public async Task What_is_half_a_minute_old_is_read_again_by_one_and_shown_to_the_others()
    {
        using var staff = await server.SignInStaffAsync();
        using var reader = server.CreateClient();
        await staff.MakeProductAsync("Renewable");
        await server.HearSignalsAsync();
        const string list = "/api/products/?search=renewable";
        await reader.GetJsonAsync(list);
        server.Clock.Advance(TimeSpan.FromSeconds(31));

        Task<JsonNode> first;
        await using (var connection = await server.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table shop.listings", connection))
                await command.ExecuteNonQueryAsync();
            first = reader.GetJsonAsync(list);
            await server.EventuallyAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", 1);
            for (var n = 0; n < 3; n++)
                Assert.Equal(["renewable"], BrowsingScene.Slugs(await reader.GetJsonAsync(list).WaitAsync(TimeSpan.FromSeconds(10))));
            Assert.False(first.IsCompleted);
        }

        Assert.Equal(["renewable"], BrowsingScene.Slugs(await first));
        using var statements = new SqlStatements(server);
        await reader.GetJsonAsync(list);
        Assert.Empty(statements.Texts);
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
