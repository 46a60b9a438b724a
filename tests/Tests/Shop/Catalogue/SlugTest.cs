using System.Net.Http.Json;
using Maydon.Shop.Catalogue.Texts;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

public sealed class SlugTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("iPhone 15 Pro (256 GB)", "iphone-15-pro-256-gb")]
    [InlineData("Oʻzbek choyi, Gʻijduvon sopoli", "ozbek-choyi-gijduvon-sopoli")]
    [InlineData("O'zbek choyi, G`ijduvon, ma’no", "ozbek-choyi-gijduvon-mano")]
    [InlineData("Чой — ўзбек, ғижим, қанд, ҳалво, хурмо, жун", "choy-ozbek-gijim-qand-halvo-xurmo-jun")]
    [InlineData("Женская куртка «Мечта», объём хлопка", "zhenskaya-kurtka-mechta-obyom-hlopka")]
    [InlineData("Щётка ЯРКАЯ цвет жёлтый", "shchyotka-yarkaya-tsvet-zhyoltyy")]
    [InlineData("Café Łódź ÅNGSTRÖM", "cafe-lodz-angstrom")]
    [InlineData("  --a__b//c--  ", "a-b-c")]
    [InlineData("100%", "100")]
    public async Task A_slug_is_the_name_in_latin_letters(string name, string slug)
    {
        using var staff = await server.SignInStaffAsync();
        var made = await staff.MakeAsync("/api/products/", new { name, category = await staff.MakeCategoryAsync() });
        Assert.Equal(slug, (string)made["slug"]!);
    }

    [Theory]
    [InlineData("茶", "product")]
    [InlineData("!!!", "product-2")]
    public async Task A_name_without_letters_we_know_has_a_slug_too(string name, string slug)
    {
        using var staff = await server.SignInStaffAsync();
        await server.ExecuteAsync("update shop.products set deleted_at = now() where slug ~ '^product' and $1 = '茶'", name);
        Assert.Equal(slug, (string)(await staff.MakeAsync("/api/products/", new { name, category = await staff.MakeCategoryAsync() }))["slug"]!);
    }

    [Fact]
    public void A_long_name_leaves_room_for_a_number()
    {
        Assert.Equal(240, Transliteration.ToSlug(new string('щ', 255), 240).Length);
        Assert.Equal("a", Transliteration.ToSlug("a" + new string(' ', 300) + "b", 2));
    }

    [Fact]
    public async Task Twenty_of_one_name_at_once_have_twenty_slugs()
    {
        using var staff = await server.SignInStaffAsync();
        var category = await staff.MakeCategoryAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => staff.PostAsJsonAsync(n % 2 == 0 ? "/api/products/" : "/api/categories/", new { name = "Bir xil nom", category })));

        Assert.All(answers, answer => Assert.Equal(201, (int)answer.StatusCode));
        var expected = Enumerable.Range(1, 10).Select(n => n == 1 ? "bir-xil-nom" : $"bir-xil-nom-{n}").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, await SlugsAsync("products"));
        Assert.Equal(expected, await SlugsAsync("categories"));

        // One that goes makes room, and what was chosen by hand is passed over.
        await server.ExecuteAsync("update shop.products set deleted_at = now() where slug = 'bir-xil-nom-3'");
        Assert.Equal("bir-xil-nom-3", (string)(await staff.MakeAsync("/api/products/", new { name = "Bir xil nom!", category }))["slug"]!);
        await staff.MakeAsync("/api/products/", new { name = "x", slug = "bir-xil-nom-11", category });
        Assert.Equal("bir-xil-nom-12", (string)(await staff.MakeAsync("/api/products/", new { name = "BIR — xil NOM", slug = "", category }))["slug"]!);
    }

    [Fact]
    public async Task One_chosen_slug_twenty_times_at_once_is_one_products()
    {
        using var staff = await server.SignInStaffAsync();
        var category = await staff.MakeCategoryAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => staff.PostAnswerAsync("/api/products/", new { name = "Thing", slug = "the-only-one", category })));

        Assert.Equal(new Dictionary<string, int> { ["201 "] = 1, ["409 slug_taken"] = 19 }, answers.Tally());
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.products where slug = 'the-only-one'"));
        await staff.PatchAsJsonAsync($"/api/products/{await staff.MakeProductAsync("Another")}/", new { slug = "the-only-one" }).RefusedAsync(409, "slug_taken");
    }

    [Fact]
    public async Task Without_the_lock_made_slugs_would_meet()
    {
        using var staff = await server.SignInStaffAsync();
        var category = await staff.MakeCategoryAsync();
        // Somebody who does not queue: the same slug, written and not yet committed.
        await using var connection = await server.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var intruder = new Npgsql.NpgsqlCommand("insert into shop.products (name, slug, category_id, created_at, updated_at) values ('x', 'navbatsiz', $1, now(), now())", connection))
        {
            intruder.Parameters.Add(new() { Value = category });
            await intruder.ExecuteNonQueryAsync();
        }

        var making = staff.PostAsJsonAsync("/api/products/", new { name = "Navbatsiz", category });
        await Task.Delay(300);
        await transaction.CommitAsync();

        await making.RefusedAsync(409, "slug_taken");
    }

    private async Task<string[]> SlugsAsync(string table) =>
        (await server.ScalarAsync<string[]>($"""select array_agg(slug order by slug collate "C") from shop.{table} where slug like 'bir-xil-nom%'"""))!;
}
