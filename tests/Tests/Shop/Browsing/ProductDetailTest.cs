using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Shop.Browsing;

/// <summary><c>GET /api/products/{id}/</c> and <c>GET /api/categories/</c>.</summary>
public sealed class ProductDetailTest(SmallShop shop) : IClassFixture<SmallShop>
{
    private readonly HttpClient _client = shop.Client;

    [Fact]
    public async Task A_product_is_shown_whole_by_its_id_and_by_its_slug()
    {
        var product = (await _client.GetJsonAsync("/api/products/iphone/")).AsObject();

        Assert.Equal(
            ["available", "category", "compare_at_price", "created_at", "currency", "description", "id", "image", "images", "in_stock", "is_active", "max_price", "name", "price", "rating_average",
                "rating_count", "slug", "updated_at", "variants"],
            product.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("iPhone 15 Pro", "1200.00", "1500.00", "UZS", 3), ((string?)product["name"], (string?)product["price"], (string?)product["max_price"], (string?)product["currency"], (int)product["available"]!));
        Assert.Equal("""{"id":2,"name":"Telefonlar","slug":"telefonlar","parent":1}""", product["category"]!.ToJsonString());
        var variants = product["variants"]!.AsArray();
        Assert.Equal(["IPH15-PRO-256-BLK", "IPH15-PRO-512-RED"], variants.Select(variant => (string?)variant!["sku"]));
        var first = variants[0]!.AsObject();
        Assert.Equal(["attributes", "available", "compare_at_price", "currency", "id", "in_stock", "is_active", "price", "sku"], first.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""[{"attribute_name":"Color","value":"Black"},{"attribute_name":"Memory","value":"256 GB"}]""", first["attributes"]!.ToJsonString());
        Assert.Equal(("1200.00", "1300.00", "UZS", 3, true), ((string?)first["price"], (string?)first["compare_at_price"], (string?)first["currency"], (int)first["available"]!, (bool)first["in_stock"]!));
        Assert.Equal((0, false), ((int)variants[1]!["available"]!, (bool)variants[1]!["in_stock"]!));
        Assert.Equal(product.ToJsonString(), (await _client.GetJsonAsync($"/api/products/{product["id"]}/")).ToJsonString());
        Assert.Equal(product.ToJsonString(), (await _client.GetJsonAsync($"/api/products/{product["id"]}")).ToJsonString());
    }

    [Fact]
    public async Task Pictures_lie_below_media_and_the_first_stands_for_all()
    {
        var id = await shop.Server.ScalarAsync<long>("select id from shop.products where slug = 'galaxy'");
        await shop.Server.ExecuteAsync("insert into shop.product_images (product_id, path, alt, position) values ($1, 'products/b.png', 'Orqadan', 2), ($1, 'products/a.png', 'Oldidan', 1)", id);
        shop.Server.Forget();

        var product = await _client.GetJsonAsync("/api/products/galaxy/");
        Assert.Equal(["/media/products/a.png Oldidan", "/media/products/b.png Orqadan"], product["images"]!.AsArray().Select(image => $"{image!["url"]} {image["alt"]}"));
        Assert.Equal("/media/products/a.png", (string?)product["image"]);
        Assert.Equal("/media/products/a.png", (string?)(await _client.GetJsonAsync("/api/products/?category=smartfonlar"))["results"]![0]!["image"]);
    }

    [Theory]
    [InlineData("maxfiy")]
    [InlineData("yashirin-iphone")]
    [InlineData("ichkarida-iphone")]
    [InlineData("eski", false)]
    [InlineData("nothing-of-the-kind", false)]
    [InlineData("IPHONE", false)]
    [InlineData("0", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("-1", false)]
    public async Task What_is_hidden_is_not_there_but_for_staff(string slug, bool forStaff = true)
    {
        await _client.GetAsync($"/api/products/{slug}/").RefusedAsync(404, "product_not_found");
        using var person = await shop.Server.SignInAsync("Seeker");
        await person.GetAsync($"/api/products/{slug}/").RefusedAsync(404, "product_not_found");
        using var staff = await shop.Server.SignInAsync("staff");
        if (forStaff)
            Assert.Equal(slug, (string?)(await staff.GetJsonAsync($"/api/products/{slug}/"))["slug"]);
        else
            await staff.GetAsync($"/api/products/{slug}/").RefusedAsync(404, "product_not_found");
        await _client.GetAsync($"/api/products/{slug}/").RefusedAsync(404, "product_not_found");
    }

    [Fact]
    public async Task Variants_that_are_switched_off_are_shown_to_staff_alone()
    {
        using var person = await shop.Server.SignInAsync("Seeker");
        using var staff = await shop.Server.SignInAsync("staff");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(["SGA54-128", "SGA54-256"], Skus(await _client.GetJsonAsync("/api/products/galaxy/")));
            Assert.Equal(["SGA54-128", "SGA54-256"], Skus(await person.GetJsonAsync("/api/products/galaxy/")));
            Assert.Equal(["SGA54-128", "SGA54-256", "SGA54-CHEAP"], Skus(await staff.GetJsonAsync("/api/products/galaxy/")));
        }

        Assert.Equal(10, (int)(await staff.GetJsonAsync("/api/products/galaxy/"))["available"]!);

        static IEnumerable<string?> Skus(JsonNode product) => product["variants"]!.AsArray().Select(variant => (string?)variant!["sku"]);
    }

    [Fact]
    public async Task Categories_come_in_the_order_of_the_tree_with_what_is_in_them()
    {
        var page = await _client.GetJsonAsync("/api/categories/");
        Assert.Equal(4, (int)page["count"]!);
        Assert.Equal(["elektronika 3", "telefonlar 2", "smartfonlar 1", "kiyimlar 2"], page["results"]!.AsArray().Select(category => $"{category!["slug"]} {category["product_count"]}"));
        Assert.Equal(
            """{"id":2,"name":"Telefonlar","slug":"telefonlar","parent":1,"position":0,"is_active":true,"product_count":2,"children":[{"id":3,"name":"Smartfonlar","slug":"smartfonlar","product_count":1}]}""",
            (await _client.GetJsonAsync("/api/categories/telefonlar/")).ToJsonString());
        Assert.Equal((await _client.GetJsonAsync("/api/categories/2/")).ToJsonString(), page["results"]![1]!.ToJsonString());
        var last = await _client.GetJsonAsync("/api/categories/?page_size=3&page=2");
        Assert.Equal(("kiyimlar", null, "http://localhost:8000/api/categories/?page_size=3&page=1"), ((string?)last["results"]![0]!["slug"], (string?)last["next"], (string?)last["previous"]));
    }

    [Fact]
    public async Task Whoever_waits_for_the_tree_holds_no_connection_meanwhile()
    {
        using var staff = await shop.Server.SignInAsync("staff");
        List<Task<JsonNode>> lists;
        await using (var connection = await shop.Server.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            shop.Server.Forget();
            await using (var command = new NpgsqlCommand("lock table shop.categories", connection))
                await command.ExecuteNonQueryAsync();
            lists = [.. Enumerable.Range(1, 40).Select(size => staff.GetJsonAsync($"/api/products/?include_inactive=true&page_size={size}"))];
            await shop.Server.EventuallyAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", 1);
            await Task.Delay(300, TestContext.Current.CancellationToken);
            Assert.InRange(await shop.Server.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"), 1, 30);
        }

        Assert.All(await Task.WhenAll(lists), page => Assert.Equal(8, (int)page["count"]!));
    }

    [Fact]
    public async Task Hidden_categories_are_shown_to_staff_alone()
    {
        using var staff = await shop.Server.SignInAsync("staff");
        foreach (var slug in new[] { "yashirin", "ichkarida" })
        {
            await _client.GetAsync($"/api/categories/{slug}/").RefusedAsync(404, "category_not_found");
            Assert.Equal((slug, slug == "ichkarida"), ((string?)(await staff.GetJsonAsync($"/api/categories/{slug}/"))["slug"], (bool)(await staff.GetJsonAsync($"/api/categories/{slug}/"))["is_active"]!));
        }

        Assert.Equal(6, (int)(await staff.GetJsonAsync("/api/categories/?include_inactive=true"))["count"]!);
        Assert.Equal(4, (int)(await staff.GetJsonAsync("/api/categories/"))["count"]!);
        await _client.GetAsync("/api/categories/?include_inactive=true").RefusedAsync(403, "permission_denied");
        await _client.GetAsync("/api/categories/?page=2").RefusedAsync(404, "invalid_page");
        await _client.GetAsync("/api/categories/?page=x").InvalidAsync("page");
    }
}
