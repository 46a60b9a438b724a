using System.Globalization;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>What lists and searches read is what is written, by whom and however it is written.</summary>
public sealed class ListingsTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Every_kind_of_write_is_seen()
    {
        var category = await server.AddCategoryAsync("Seen", "seen");
        var other = await server.AddCategoryAsync("Seen too", "seen-too");
        var product = await server.AddProductAsync(category, "Seen", "seen-product", "seen words");
        await SeenAsync();
        var variant = await server.AddShownVariantAsync(product, "SEEN-1", 10, 1, "Color=Red;Size=S", before: 20);
        await server.AddShownVariantAsync(product, "SEEN-2", 30, 1, "Color=Blue;Size=S");
        await SeenAsync();
        foreach (var write in new[]
        {
            "update shop.variants set price = 40 where id = $2", "update shop.variants set compare_at_price = 50, currency = 'USD' where id = $2", "update shop.variants set is_active = false where id = $2",
            "update shop.variants set is_active = true, price = 5 where id = $2", "update shop.variants set value_ids = '{}' where id = $2", "update shop.variants set deleted_at = now() where id = $2",
            "update shop.variants set deleted_at = null where id = $2", "update shop.products set name = 'Heard', description = 'heard words' where id = $1", "update shop.products set is_active = false where id = $1",
            "update shop.products set is_active = true, rating_total = 9, rating_count = 2 where id = $1", "update shop.products set rating_total = 10 where id = $1",
            "update shop.products set deleted_at = now() where id = $1", "update shop.variants set price = 6 where id = $2", "update shop.products set name = 'Heard again' where id = $1",
            "update shop.products set deleted_at = null where id = $1", "delete from shop.variant_values where variant_id = $2", "delete from shop.variants where id = $2",
        })
        {
            await server.ExecuteAsync($"with given as (select $1::bigint, $2::bigint) {write}", product, variant);
            await SeenAsync(write);
        }

        await server.ExecuteAsync("update shop.products set category_id = $2 where id = $1", product, other);
        await SeenAsync();
        // Many at once.
        await server.ExecuteAsync(
            "insert into shop.products (name, slug, category_id, created_at, updated_at) select 'Many ' || n, 'many-' || n, $1, now(), now() from generate_series(1, 50) n", category);
        await server.ExecuteAsync("""
            insert into shop.variants (product_id, sku, price, currency, value_ids, created_at, updated_at)
            select p.id, p.slug || '-' || n, n, 'UZS', array[n], now(), now() from shop.products p, generate_series(1, 3) n where p.slug like 'many-%'
            """);
        await SeenAsync();
        await server.ExecuteAsync("update shop.products set category_id = $1, name = name || ' more' where slug like 'many-%'", other);
        await server.ExecuteAsync("update shop.variants set price = price + 1 where sku like 'many-%'");
        await SeenAsync();
        await server.ExecuteAsync("update shop.products set deleted_at = now() where slug like 'many-%'");
        await SeenAsync();

        // The comparison can tell.
        await server.ExecuteAsync("update shop.listings set price_from = price_from + 1 where product_id = $1", product);
        await server.ExecuteAsync("update shop.product_words set title = document where product_id = $1", product);
        Assert.Collection(
            await DriftsAsync(), drift => Assert.Contains($": product {product} is listed as ", drift, StringComparison.Ordinal), drift => Assert.EndsWith($": product {product} is not searched by what it says", drift, StringComparison.Ordinal));
        await server.ExecuteAsync("update shop.listings set price_from = price_from - 1 where product_id = $1", product);
        await server.ExecuteAsync("update shop.products set name = name || ' again' where id = $1", product);
        await SeenAsync();
    }

    [Fact]
    public async Task Whoever_changes_variants_of_one_product_at_the_same_moment_leaves_it_right()
    {
        var category = await server.AddCategoryAsync("Race", "race");
        var product = await server.AddProductAsync(category, "Race", "race-product");
        var variants = new List<long>();
        for (var n = 0; n < 6; n++)
            variants.Add(await server.AddShownVariantAsync(product, $"RACE-{n}", 100, 1, $"Race={n}"));

        await Task.WhenAll(Enumerable.Range(0, 120).Select(async n =>
        {
            var variant = variants[n % variants.Count];
            if (n % 10 == 9)
                await server.ExecuteAsync("update shop.products set rating_total = rating_total + 5, rating_count = rating_count + 1, name = 'Race ' || $2 where id = $1", product, n.ToString(CultureInfo.InvariantCulture));
            else
                await server.ExecuteAsync("update shop.variants set price = $2, is_active = $3 where id = $1", variant, 50m + (n * 7 % 60), n % 4 != 0);
        }));

        await SeenAsync();
    }

    [Fact]
    public async Task A_new_word_that_two_write_at_once_makes_neither_wait_and_is_found_by_both()
    {
        var category = await server.AddCategoryAsync("Word", "word");
        await using var first = await server.Database.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("insert into shop.products (name, slug, category_id, created_at, updated_at) values ('Yangisoz', 'yangisoz-1', $1, now(), now())", first))
        {
            command.Parameters.Add(new() { Value = category });
            await command.ExecuteNonQueryAsync();
        }

        await server.AddProductAsync(category, "Yangisoz", "yangisoz-2").WaitAsync(TimeSpan.FromSeconds(20));
        await transaction.RollbackAsync();

        server.Forget();
        using var client = server.CreateClient();
        Assert.Equal(["yangisoz-2"], await client.SlugsAsync("search=yangsioz"));
    }

    [Theory]
    [InlineData("Oʻzbekiston", "ozbekiston")]
    [InlineData("ЎЗБЕКИСТОН", "ozbekiston")]
    [InlineData("шоҳи гулғун қизил чой", "shohi gulgun qizil choy")]
    [InlineData("Лекция, концерт, милиция", "leksiya konsert militsiya")]
    [InlineData("ер поезд объект Елена телефон", "yer poyezd obyekt yelena telefon")]
    [InlineData("борщ ёлка юлдуз якшанба", "borsh yolka yulduz yakshanba")]
    [InlineData("Café É e\u0301 ＡＢＣ １２", "cafe e e abc 12")]
    [InlineData("ma'no maʼno ma’no", "mano mano mano")]
    [InlineData("Qaraqalpaqstan ǵárezsiz ı́qlım", "qaraqalpaqstan garezsiz iqlim")]
    [InlineData("iPhone-15/Pro_256GB", "iphone 15 pro 256gb")]
    [InlineData("漢字 مرحبا", "漢字 مرحبا")]
    [InlineData("-- !", "")]
    public async Task Words_are_folded(string text, string words) => Assert.Equal(words, await server.ScalarAsync<string>("select shop.words($1)", text));

    private async Task SeenAsync(string? write = null) => Assert.Equal((write, ""), (write, string.Join('\n', await DriftsAsync())));

    /// <summary>Of what is written here past the catalogue, only what lists and searches make of it is of interest.</summary>
    private async Task<List<string>> DriftsAsync() => [.. (await server.FindDriftsAsync()).Where(drift => drift.StartsWith("every product is ", StringComparison.Ordinal))];
}
