using Npgsql;

namespace Maydon.Shop.Orders.Deciding;

internal static class VariantStatements
{
    /// <summary>
    /// For <see cref="ReadFacts"/>. Whoever changes what is for sale and its price locks the variant's pool first: here it is read under
    /// that lock, so it is all of the old or all of the new.
    /// </summary>
    public static NpgsqlBatchCommand Read(long[] variantIds) => new("""
        select v.id, v.product_id, v.sku, p.name, a.attributes, v.price, v.currency,
            v.is_active and v.deleted_at is null and p.is_active and p.deleted_at is null and shop.is_open(p.category_id)
        from unnest($1) as wanted (id)
        join shop.variants v using (id)
        join shop.products p on p.id = v.product_id
        cross join lateral (
            select coalesce(jsonb_agg(jsonb_build_object('attribute_name', name.name, 'value', value.value) order by name.name, name.id), '[]')::text as attributes
            from shop.variant_values of_variant
            join shop.attributes name on name.id = of_variant.attribute_id
            join shop.attribute_values value on value.id = of_variant.value_id
            where of_variant.variant_id = v.id
        ) a
        """)
    {
        Parameters = { new NpgsqlParameter<long[]> { TypedValue = variantIds } },
    };

    public static VariantFacts ReadFacts(NpgsqlDataReader row) => new(
        row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetDecimal(5), row.GetString(6), row.GetBoolean(7));
}
