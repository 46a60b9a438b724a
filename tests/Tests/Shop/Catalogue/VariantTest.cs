using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Staff write variants, and the attributes they differ in.</summary>
public sealed class VariantTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_variant_is_made_with_its_stock_changed_and_taken_out()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync("iPhone 15");
        var made = await staff.MakeAsync("/api/variants/", new
        {
            product, sku = " IP15-RED-128 ", price = 12_000_000.5, currency = "uzs", compare_at_price = "13000000", stock = 7, attributes = new JsonObject { ["Memory"] = "128 GB", ["Color"] = "Red" }, available = 99,
        });
        var id = (long)made["id"]!;
        Assert.Equal(
            ("IP15-RED-128", "12000000.50", "UZS", "13000000.00", true, 7, 0, "iPhone 15"),
            ((string)made["sku"]!, (string)made["price"]!, (string)made["currency"]!, (string)made["compare_at_price"]!, (bool)made["is_active"]!, (int)made["available"]!, (int)made["taken"]!, (string)made["product_name"]!));
        Assert.Equal(["Color=Red", "Memory=128 GB"], Attributes(made).Order());
        Assert.Equal("received 7", await server.ScalarAsync<string>(
            "select string_agg(reason || ' ' || change, ',') from inventory.movements m join inventory.pools p on p.id = m.pool_id where p.kind = 'variant' and p.subject_id = $1", id));

        var changed = await staff.PatchAsync($"/api/variants/{id}/", new { price = "11000000.00", attributes = new JsonObject { ["Color"] = "Blue" } });
        Assert.Equal(("11000000.00", "13000000.00", "IP15-RED-128", 7), ((string)changed["price"]!, (string)changed["compare_at_price"]!, (string)changed["sku"]!, (int)changed["available"]!));
        Assert.Equal(["Color=Blue"], Attributes(changed));
        var switchedOff = await staff.PatchAsync($"/api/variants/{id}/", new { is_active = false });
        Assert.Equal((false, "Color=Blue"), ((bool)switchedOff["is_active"]!, Attributes(switchedOff).Single()));
        using var replaced = await staff.PutAsJsonAsync($"/api/variants/{id}/", new { product, sku = "IP15", price = 5 });
        var whole = await replaced.ReadAsync();
        Assert.Equal((200, null, true, 0, "UZS"), ((int)replaced.StatusCode, whole["compare_at_price"], (bool)whole["is_active"]!, whole["attributes"]!.AsArray().Count, (string)whole["currency"]!));

        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/variants/{id}/")).StatusCode);
        await staff.DeleteAsync($"/api/variants/{id}/").RefusedAsync(404, "variant_not_found");
        await staff.PatchAsJsonAsync($"/api/variants/{id}/", new { price = 5 }).RefusedAsync(404, "variant_not_found");
        await staff.PostAsJsonAsync($"/api/variants/{id}/movements/", new { quantity = 5, reason = "received" }).RefusedAsync(404, "variant_not_found");
        await staff.MakeAsync("/api/variants/", new { product, sku = "IP15", price = 5 });
        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_nothing_is_stored()
    {
        using var staff = await server.SignInStaffAsync();
        var id = await staff.MakeVariantAsync(stock: 2, attributes: new JsonObject { ["Nimadir"] = "bor" });
        var count = await server.ScalarAsync<long>("select count(*) from shop.variants");
        await staff.PostAsJsonAsync("/api/variants/", new { }).InvalidAsync("sku", "price", "product");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 999_999, sku = "x", price = 1 }).InvalidAsync("product");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = new string('x', 101), price = 0, currency = "so'm", stock = -1, compare_at_price = -1 })
            .InvalidAsync("sku", "currency", "stock", "price", "compare_at_price");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = "1.001" }).InvalidAsync("price");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, compare_at_price = 5 }).InvalidAsync("compare_at_price");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = new JsonObject { ["Color"] = "Red", ["COLOR "] = "Blue" } }).InvalidAsync("attributes");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = new JsonObject { ["Color"] = " " } }).InvalidAsync("attributes");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = new JsonObject { ["Color"] = null } }).InvalidAsync("attributes");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = new JsonObject { ["Color"] = 5 } }).InvalidAsync("attributes.Color");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = new JsonObject { [new string('c', 101)] = "x" } }).InvalidAsync("attributes");
        await staff.PostAsJsonAsync("/api/variants/", new { product = 1, sku = "x", price = 5, attributes = Enumerable.Range(0, 21).ToDictionary(n => $"a{n}", n => "x") }).InvalidAsync("attributes");
        Assert.Equal(count, await server.ScalarAsync<long>("select count(*) from shop.variants"));

        await staff.PatchAsJsonAsync($"/api/variants/{id}/", new { stock = 5 }).InvalidAsync("stock");
        await staff.PatchAsJsonAsync($"/api/variants/{id}/", new { product = 999_999 }).InvalidAsync("product");
        await staff.PatchAsJsonAsync($"/api/variants/{id}/", new { price = (string?)null }).InvalidAsync("price");
        await staff.GetAsync("/api/variants/?product=x").InvalidAsync("product");
        await staff.GetAsync("/api/variants/?page=99").RefusedAsync(404, "invalid_page");
        // What a refused write would have made of attributes is gone with it.
        var sku = await server.ScalarAsync<string>("select sku from shop.variants where id = $1", id);
        var product = await server.ScalarAsync<long>("select product_id from shop.variants where id = $1", id);
        await staff.PostAsJsonAsync("/api/variants/", new { product, sku, price = 5, attributes = new JsonObject { ["Hech"] = "qachon" } }).RefusedAsync(409, "sku_taken");
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.attributes where name = 'Hech'"));
    }

    [Fact]
    public async Task A_combination_is_had_once_in_a_product_however_it_is_written()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        await staff.MakeVariantAsync(product: product, attributes: new JsonObject { ["Oʻlcham"] = "XL", ["Rang"] = "Қизил" });
        await staff.PostAsJsonAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = 5, attributes = new JsonObject { ["RANG"] = " қизил", ["oʻlcham "] = "xl" } })
            .RefusedAsync(409, "combination_taken");
        var other = await staff.MakeVariantAsync(product: product, attributes: new JsonObject { ["rang"] = "ҚИЗИЛ" });
        await staff.PatchAsJsonAsync($"/api/variants/{other}/", new { attributes = new JsonObject { ["Rang"] = "қизил", ["Oʻlcham"] = "XL" } }).RefusedAsync(409, "combination_taken");
        await staff.MakeVariantAsync(attributes: new JsonObject { ["Oʻlcham"] = "XL", ["Rang"] = "Қизил" });

        Assert.Equal(["Rang=Қизил"], Attributes(await staff.GetJsonAsync($"/api/variants/{other}/")));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.attributes where lower(name) = 'rang'"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task An_attribute_is_one_whatever_apostrophe_and_alphabet_it_is_typed_in()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        var first = await staff.MakeVariantAsync(product: product, attributes: new JsonObject { ["Qoʻngʻiroq"] = "Gʻoʻza" });
        foreach (var (name, value) in new[] { ("Qo'ng'iroq", "G'o'za"), ("QO‘NG‘IROQ", "g`o`za"), ("Қўнғироқ", "ғўза") })
        {
            await staff.PostAsJsonAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = 5, attributes = new JsonObject { [name] = value } })
                .RefusedAsync(409, "combination_taken");
        }

        // Both at once would be two values of one attribute.
        await staff.PostAsJsonAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = 5, attributes = new JsonObject { ["Qoʻngʻiroq"] = "1", ["Qo'ng'iroq"] = "2" } })
            .InvalidAsync("attributes");
        await staff.PatchAsJsonAsync($"/api/variants/{first}/", new { attributes = new JsonObject { ["Qoʻngʻiroq"] = "1", ["Qo'ng'iroq"] = "2" } }).InvalidAsync("attributes");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "Qo'ng'iroq", values = new[] { "a" } }).RefusedAsync(409, "attribute_taken");
        var found = await staff.GetJsonAsync($"/api/products/?attr.{Uri.EscapeDataString("Qo'ng'iroq")}={Uri.EscapeDataString("G'o'za")}");
        Assert.Equal(product, (long)Assert.Single(found["results"]!.AsArray())!["id"]!);
        Assert.Equal(["Qoʻngʻiroq=Gʻoʻza"], Attributes(await staff.GetJsonAsync($"/api/variants/{first}/")));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.attribute_values v join shop.attributes a on a.id = v.attribute_id where shop.fold(a.name) = shop.fold('Qoʻngʻiroq')"));
    }

    [Fact]
    public async Task Many_who_need_a_new_attribute_at_once_make_one()
    {
        using var staff = await server.SignInStaffAsync();
        var products = new List<long>();
        for (var n = 0; n < 20; n++)
            products.Add(await staff.MakeProductAsync($"Product {n}"));

        // In both orders and many spellings: whoever comes second takes what the first has made, and no two wait for each other.
        var answers = await Task.WhenAll(products.Select((product, n) => staff.PostAsJsonAsync("/api/variants/", new
        {
            product, sku = CatalogueScene.NewSku(), price = 5,
            attributes = n % 2 == 0 ? new JsonObject { ["Material"] = "Paxta", ["Yoqa"] = "V" } : new JsonObject { ["yoqa"] = "v", ["MATERIAL"] = "paxta" },
        })));

        Assert.All(answers, answer => Assert.Equal(201, (int)answer.StatusCode));
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from shop.attributes where lower(name) in ('material', 'yoqa')"));
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from shop.attribute_values v join shop.attributes a on a.id = v.attribute_id where lower(a.name) in ('material', 'yoqa')"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task One_sku_and_one_combination_twenty_times_at_once_is_one_variant()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        var bySku = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => staff.PostAnswerAsync("/api/variants/", new { product, sku = "THE-SKU", price = 5, stock = 3, attributes = new JsonObject { ["N"] = $"{n}" } })));
        Assert.Equal(new Dictionary<string, int> { ["201 "] = 1, ["409 sku_taken"] = 19 }, bySku.Tally());
        await staff.PostAsJsonAsync("/api/variants/", new { product, sku = "the-Sku", price = 5, attributes = new JsonObject { ["N"] = "other" } }).RefusedAsync(409, "sku_taken");
        var byCombination = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            staff.PostAnswerAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = 5, stock = 3, attributes = new JsonObject { ["N"] = "same" } })));
        Assert.Equal(new Dictionary<string, int> { ["201 "] = 1, ["409 combination_taken"] = 19 }, byCombination.Tally());
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from shop.variants where product_id = $1", product));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_list_has_filters_and_the_same_queries_however_long_it_is()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync("Futbolka_100%");
        for (var n = 0; n < 5; n++)
            await staff.MakeVariantAsync(n, product, new JsonObject { ["Nomer"] = $"{n}" });
        await staff.PatchAsync($"/api/variants/{await staff.MakeVariantAsync(product: product)}/", new { is_active = false });

        var all = await staff.GetJsonAsync($"/api/variants/?product={product}");
        Assert.Equal((6, 6), ((int)all["count"]!, all["results"]!.AsArray().Count));
        Assert.Equal([0, 4, 3, 2, 1, 0], all["results"]!.AsArray().Select(item => (int)item!["available"]!));
        Assert.Equal(5, (int)(await staff.GetJsonAsync($"/api/variants/?product={product}&is_active=true"))["count"]!);
        Assert.Equal(6, (int)(await staff.GetJsonAsync("/api/variants/?search=100%25+FUTBOLKA_"))["count"]!);
        Assert.Equal(0, (int)(await staff.GetJsonAsync("/api/variants/?search=futbolka-"))["count"]!);

        var lengths = new List<int>();
        foreach (var size in new[] { 1, 6 })
        {
            using var statements = new SqlStatements(server);
            await staff.GetJsonAsync($"/api/variants/?product={product}&page_size={size}");
            lengths.Add(statements.Texts.Count);
        }

        Assert.Equal(lengths[0], lengths[1]);
    }

    private static IEnumerable<string> Attributes(JsonNode variant) => variant["attributes"]!.AsArray().Select(own => $"{own!["attribute_name"]}={own["value"]}");
}
