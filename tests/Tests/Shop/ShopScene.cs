using System.Security.Cryptography;
using Maydon.Inventory;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop;

/// <summary>What can be bought, written directly.</summary>
internal static class ShopScene
{
    /// <summary>A product of its own with one variant; <paramref name="productId"/> puts the variant beside others.</summary>
    public static async Task<long> AddVariantAsync(this TestServer server, int stock, decimal price = 100m, string currency = "UZS", string? sku = null, long? productId = null)
    {
        var name = sku ?? $"SKU-{RandomNumberGenerator.GetHexString(10)}";
        productId ??= await server.ScalarAsync<long>(
            """
            with category as (
                insert into shop.categories (name, slug, created_at) values ('Test category', 'c-' || lower($1), now()) on conflict (slug) do update set name = excluded.name returning id
            )
            insert into shop.products (name, slug, category_id, created_at, updated_at) select 'Product ' || $1, 'p-' || lower($1), id, now(), now() from category returning id
            """,
            name);
        // One value of its own, so that a product can have many.
        var id = await server.ScalarAsync<long>(
            """
            with lot as (
                insert into shop.attributes (name) values ('Lot') on conflict (shop.fold(name)) do update set name = excluded.name returning id
            ), number as (
                insert into shop.attribute_values (attribute_id, value) select id, gen_random_uuid()::text from lot returning id, attribute_id
            ), variant as (
                insert into shop.variants (product_id, sku, price, currency, value_ids, created_at, updated_at) select $1, $2, $3, $4, array[id], now(), now() from number returning id
            )
            insert into shop.variant_values (variant_id, attribute_id, value_id) select variant.id, number.attribute_id, number.id from variant, number returning variant_id
            """,
            productId, name, price, currency);
        await using var connection = await server.Database.OpenConnectionAsync();
        await Pools.CreateAsync(connection, new PoolKey("variant", id), 0, CancellationToken.None);
        if (stock > 0)
            await Pools.MoveAsync(connection, new PoolKey("variant", id), new StockMovement(stock, "received", Note: null, MovedBy: null, server.Clock.GetUtcNow()), CancellationToken.None);
        return id;
    }

    public static Task<int> StockTakenAsync(this TestServer server, long variantId) =>
        server.ScalarAsync<int>("select taken from inventory.pools where kind = 'variant' and subject_id = $1", variantId);

    public static Task<string?> OrderStatusAsync(this TestServer server, long orderId) =>
        server.ScalarAsync<string>("select status from shop.orders where id = $1", orderId);
}
