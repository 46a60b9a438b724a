namespace Maydon.Faults;

/// <summary>Something that is sold, and how many there are of it.</summary>
internal sealed record Good(long Variant, int Stock);

/// <summary>What there is to buy, straight into the database: it is the orders that are to be hurt.</summary>
internal static class Market
{
    public static async Task<List<Good>> OpenAsync(Town town, IEnumerable<int> stocks)
    {
        var product = await town.ScalarAsync("""
            with category as (insert into shop.categories (name, slug, created_at) values ('Things', 'things', now()) returning id)
            insert into shop.products (name, slug, category_id, created_at, updated_at) select 'Thing', 'thing', id, now(), now() from category returning id
            """);
        var goods = new List<Good>();
        foreach (var stock in stocks)
        {
            var value = await town.ScalarAsync("""
                with attribute as (insert into shop.attributes (name) values ('Size ' || $1) returning id)
                insert into shop.attribute_values (attribute_id, value) select id, 'one' from attribute returning id
                """, goods.Count);
            var variant = await town.ScalarAsync("""
                with variant as (
                    insert into shop.variants (product_id, sku, price, currency, value_ids, created_at, updated_at)
                    values ($1, 'SKU-' || $2, 10 + $2, 'UZS', array[$2], now(), now()) returning id)
                , described as (
                    insert into shop.variant_values (variant_id, attribute_id, value_id) select variant.id, v.attribute_id, v.id from variant, shop.attribute_values v where v.id = $2)
                select id from variant
                """, product, value);
            await town.ScalarAsync("""
                with pool as (insert into inventory.pools (kind, subject_id, capacity) values ('variant', $1, $2) returning id)
                insert into inventory.movements (pool_id, change, reason, at) select id, $2, 'received', now() from pool returning id
                """, variant, stock);
            goods.Add(new Good(variant, stock));
        }

        return goods;
    }
}
