using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Shop.Catalogue.Texts;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Staff write products.</summary>
public sealed class ProductTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_product_is_made_changed_and_taken_out()
    {
        using var staff = await server.SignInStaffAsync();
        var (category, other) = (await staff.MakeCategoryAsync(), await staff.MakeCategoryAsync());
        var made = await staff.MakeAsync("/api/products/", new { name = "Lagan", description = "Rishton sopoli", category, id = 1, rating_count = 99, deleted_at = "2020-01-01T00:00:00Z" });
        var id = (long)made["id"]!;
        Assert.Equal(("Lagan", "lagan", "Rishton sopoli", category, true), ((string)made["name"]!, (string)made["slug"]!, (string)made["description"]!, (long)made["category"]!, (bool)made["is_active"]!));
        Assert.Equal(0, await server.ScalarAsync<int>("select rating_count from shop.products where id = $1", id));

        var changed = await staff.PatchAsync($"/api/products/{id}/", new { name = "Katta lagan", category = other, is_active = false });
        Assert.Equal(("Katta lagan", "lagan", "Rishton sopoli", other, false), ((string)changed["name"]!, (string)changed["slug"]!, (string)changed["description"]!, (long)changed["category"]!, (bool)changed["is_active"]!));
        using var replaced = await staff.PutAsJsonAsync($"/api/products/{id}/", new { name = "Lagan", category });
        var whole = await replaced.ReadAsync();
        Assert.Equal((200, "lagan", "", true), ((int)replaced.StatusCode, (string)whole["slug"]!, (string)whole["description"]!, (bool)whole["is_active"]!));

        var variant = await staff.MakeVariantAsync(stock: 3, id, new JsonObject { ["Rang"] = "Koʻk" });
        var sku = await server.ScalarAsync<string>("select sku from shop.variants where id = $1", variant);
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/products/{id}/")).StatusCode);

        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.products p join shop.variants v on v.product_id = p.id where p.id = $1 and p.deleted_at = v.deleted_at", id));
        await staff.DeleteAsync($"/api/products/{id}/").RefusedAsync(404, "product_not_found");
        await staff.PatchAsJsonAsync($"/api/products/{id}/", new { name = "x" }).RefusedAsync(404, "product_not_found");
        await staff.GetAsync($"/api/variants/{variant}/").RefusedAsync(404, "variant_not_found");
        await staff.PostAsJsonAsync("/api/variants/", new { product = id, sku = "late", price = 1 }).InvalidAsync("product");
        // Slug, SKU and attribute are free again.
        var again = await staff.MakeAsync("/api/products/", new { name = "Lagan", category });
        Assert.Equal("lagan", (string)again["slug"]!);
        await staff.MakeAsync("/api/variants/", new { product = (long)again["id"]!, sku, price = "5" });
        var attribute = await server.ScalarAsync<long>("select id from shop.attributes where name = 'Rang'");
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/attributes/{attribute}/")).StatusCode);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_nothing_is_stored()
    {
        using var staff = await server.SignInStaffAsync();
        var count = await server.ScalarAsync<long>("select count(*) from shop.products");
        await staff.PostAsJsonAsync("/api/products/", new { }).InvalidAsync("name", "category");
        await staff.PostAsJsonAsync("/api/products/", new { name = "x", category = 999_999 }).InvalidAsync("category");
        // Letters to Unicode, nothing to the eye; and a sign that turns what follows around.
        await staff.PostAsJsonAsync("/api/products/", new { name = "\u3164", category = 999_999 }).InvalidAsync("name");
        await staff.PostAsJsonAsync("/api/categories/", new { name = "\u2800" }).InvalidAsync("name");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "\u3164", values = new[] { "\u202e" } }).InvalidAsync("name", "values");
        await staff.PostAsJsonAsync("/api/products/", new { name = "x", category = (long?)null, description = new string('x', 20_001), slug = "Ы" }).InvalidAsync("description", "slug", "category");
        // As it is kept, it would be longer than it was sent.
        var category = await staff.MakeCategoryAsync();
        await staff.PostAsJsonAsync("/api/products/", new { name = "x", category, description = string.Concat(Enumerable.Repeat("<a", 10_000)) }).InvalidAsync("description");
        Assert.Equal(count, await server.ScalarAsync<long>("select count(*) from shop.products"));
    }

    [Theory]
    [InlineData("Just text, 5 < 6 & \"more\" <3", "Just text, 5 < 6 & \"more\" <3")]
    [InlineData("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree")]
    [InlineData("<ul><li>a</li><li>b</li></ul>", "a\nb")]
    [InlineData("<b onclick=\"x()\">Tom &amp; Jerry</b>", "Tom & Jerry")]
    [InlineData("typed &amp; kept", "typed &amp; kept")]
    [InlineData("a<script>alert(1)</script>b<style >p{}</style>c<!-- d -->", "abc")]
    [InlineData("<SCRIPT SRC=//evil.example></SCRIPT >x", "x")]
    [InlineData("<<b>script>alert(1)<</b>/script>", "< script>alert(1)< /script>")]
    [InlineData("<img src=x onerror=alert(1)", "< img src=x onerror=alert(1)")]
    [InlineData("<img alt=\"<\" src=x onerror=alert(1)>", "< img alt=\"<\" src=x onerror=alert(1)>")]
    [InlineData("<i>&lt;script&gt;alert(1)&lt;/script&gt;</i>", "< script>alert(1)< /script>")]
    [InlineData("one\r\n\r\n\r\n\r\ntwo\u0007\u0001", "one\n\ntwo")]
    [InlineData(" \n ", "")]
    public void Text_is_kept_plain(string written, string kept)
    {
        Assert.Equal(kept, PlainText.Of(written));
        Assert.Equal(kept, PlainText.Of(kept));
    }

    [Fact]
    public async Task Only_staff_write()
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(stock: 1);
        using var nobody = server.CreateClient();
        using var somebody = await server.SignInAsync("Facilitator");
        foreach (var path in new[] { "categories", "products", "variants", "attributes", "variants/1/movements" })
        {
            await nobody.PostAsJsonAsync($"/api/{path}/", new { name = "Refused" }).RefusedAsync(401, "not_authenticated");
            await somebody.PostAsJsonAsync($"/api/{path}/", new { name = "Refused" }).RefusedAsync(403, "permission_denied");
        }

        foreach (var path in new[] { "categories/1", "products/1", "variants/1", "attributes/1" })
        {
            foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
            {
                await nobody.SendAsync(new HttpRequestMessage(method, $"/api/{path}/") { Content = JsonContent.Create(new { name = "Refused" }) }).RefusedAsync(401, "not_authenticated");
                await somebody.SendAsync(new HttpRequestMessage(method, $"/api/{path}/") { Content = JsonContent.Create(new { name = "Refused" }) }).RefusedAsync(403, "permission_denied");
            }
        }

        foreach (var path in new[] { "variants/", $"variants/{variant}/", $"variants/{variant}/movements/" })
        {
            await nobody.GetAsync($"/api/{path}").RefusedAsync(401, "not_authenticated");
            await somebody.GetAsync($"/api/{path}").RefusedAsync(403, "permission_denied");
        }

        Assert.Equal(0L, await server.ScalarAsync<long>("select (select count(*) from shop.categories where name = 'Refused') + (select count(*) from shop.attributes where name = 'Refused')"));
    }

    [Fact]
    public async Task A_product_that_goes_while_a_variant_is_made_hides_it_or_refuses_it()
    {
        using var staff = await server.SignInStaffAsync();
        for (var round = 0; round < 10; round++)
        {
            var product = await staff.MakeProductAsync();
            await Task.WhenAll(
                staff.DeleteAsync($"/api/products/{product}/"),
                staff.PostAsJsonAsync("/api/variants/", new { product, sku = CatalogueScene.NewSku(), price = 5 }));
        }

        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.variants v join shop.products p on p.id = v.product_id where p.deleted_at is not null and v.deleted_at is null"));
        await server.VerifyAsync();
    }
}
