using System.Text.Json.Nodes;
using Maydon.Inventory;
using Maydon.Shop.Browsing;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>What the shop shows, written directly into its tables, and read through the API.</summary>
internal static class BrowsingScene
{
    private const string AllIds = "select coalesce(array_agg(id), '{}') from ";

    public static Task<long> AddCategoryAsync(this TestServer server, string name, string slug, long? parent = null, bool active = true, int position = 0) =>
        server.ScalarAsync<long>(
            "insert into shop.categories (name, slug, parent_id, is_active, position, created_at) values ($1, $2, nullif($3, 0), $4, $5, now()) returning id", name, slug, parent ?? 0L, active, position);

    public static async Task<long> AddProductAsync(this TestServer server, long category, string name, string slug, string description = "", bool active = true, int[]? stars = null)
    {
        // Each a minute newer than the one before.
        var id = await server.ScalarAsync<long>(
            """
            insert into shop.products (name, slug, description, category_id, is_active, created_at, updated_at)
            values ($1, $2, $3, $4, $5, '2026-01-01T00:00:00Z'::timestamptz + (select count(*) from shop.products) * interval '1 minute', now()) returning id
            """,
            name, slug, description, category, active);
        foreach (var star in stars ?? [])
            await server.ExecuteAsync("update shop.products set rating_total = rating_total + $2, rating_count = rating_count + 1 where id = $1", id, (long)star);
        return id;
    }

    /// <param name="attributes"><c>Color=Red;Size=M</c></param>
    public static async Task<long> AddShownVariantAsync(
        this TestServer server, long product, string sku, decimal price, int stock, string attributes = "", bool active = true, string currency = "UZS", decimal? before = null)
    {
        var id = await server.ScalarAsync<long>(
            """
            with given as (
                select split_part(pair, '=', 1) as name, split_part(pair, '=', 2) as value from string_to_table($7, ';') pair where pair <> ''
            ), made as (
                insert into shop.attributes (name) select name from given on conflict do nothing returning id, name
            ), known as (
                select id, name from made union select a.id, a.name from shop.attributes a join given g on g.name = a.name
            ), valued as (
                insert into shop.attribute_values (attribute_id, value) select k.id, g.value from given g join known k on k.name = g.name on conflict do nothing returning id, attribute_id, value
            ), chosen as (
                select id, attribute_id from valued
                union select v.id, v.attribute_id from shop.attribute_values v join known k on k.id = v.attribute_id join given g on g.name = k.name and g.value = v.value
            ), variant as (
                insert into shop.variants (product_id, sku, price, currency, compare_at_price, is_active, value_ids, created_at, updated_at)
                select $1, $2, $3, $4, nullif($5, 0), $6, coalesce((select array_agg(id order by id) from chosen), '{}'), now(), now() returning id
            ), detail as (
                insert into shop.variant_values (variant_id, attribute_id, value_id) select variant.id, chosen.attribute_id, chosen.id from variant, chosen
            )
            select id from variant
            """,
            product, sku, price, currency, before ?? 0m, active, attributes);
        await using var connection = await server.Database.OpenConnectionAsync();
        await Pools.CreateAsync(connection, new PoolKey("variant", id), stock, CancellationToken.None);
        return id;
    }

    /// <summary>What was written past the server is read anew.</summary>
    public static void Forget(this TestServer server) => server.App.Services.GetRequiredService<ShopStamps>().Forget();

    public static Task<long[]?> ProductIdsAsync(this TestServer server) => server.ScalarAsync<long[]>($"{AllIds} shop.products");

    public static async Task<List<string>> SlugsAsync(this HttpClient client, string query) => Slugs(await client.GetJsonAsync($"/api/products/?{Encode(query)}"));

    public static List<string> Slugs(JsonNode page) => [.. page["results"]!.AsArray().Select(item => (string)item!["slug"]!)];

    /// <summary><c>a=b c&amp;d=e</c> as it goes over the wire.</summary>
    public static string Encode(string query) =>
        string.Join('&', query.Split('&').Select(part => part.Split('=', 2)).Select(part => part.Length == 1 ? part[0] : $"{part[0]}={Uri.EscapeDataString(part[1])}"));
}
