namespace Maydon.Bench;

/// <summary>Products with three or four variants each, in a tree of a hundred categories, with colours, sizes and memories.</summary>
internal static class ProductSupply
{
    /// <summary>What names are made of, each as somebody writes it whose hand has slipped.</summary>
    public static readonly IReadOnlyDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["choynak"] = "choyank", ["krossovka"] = "krosovka", ["telefon"] = "telefno", ["koylak"] = "koyalk", ["dastgoh"] = "dasgoh",
        ["chiroq"] = "chirqo", ["sumka"] = "smuka", ["kamera"] = "kamira", ["kostyum"] = "kostum", ["kitob"] = "kitbo",
    };

    /// <summary>Adds the variants from number <paramref name="from"/> + 1 to <paramref name="to"/>, ten to every three products.</summary>
    public static async Task AddAsync(BenchDatabase database, int from, int to)
    {
        if (from == 0)
            await AddFrameAsync(database);
        await database.ExecuteAsync("""
            insert into shop.products (name, slug, description, category_id, created_at, updated_at, rating_total, rating_count)
            select w[1 + n % 10] || ' ' || w[1 + n / 10 % 10] || ' ' || n, 'p-' || n,
                (select string_agg(substr(md5((n * 40 + i) % 30011 || ''), 1, 3 + i % 5), ' ') from generate_series(1, 40) i) || case when n % 5000 = 7 then ' kamyob' else '' end,
                11 + abs(hashint4(n)) % 90, now() - n * interval '1 minute', now(), (n % 7) * (1 + n % 5), n % 7
            from generate_series($1 + 1, $2) n, (select $3::text[] as w) words
            """, from * 3 / 10, to * 3 / 10, Words.Keys.ToArray());
        await database.ExecuteAsync("""
            insert into shop.variants (product_id, sku, price, currency, value_ids, created_at, updated_at)
            select 1 + (n - 1) % ($2 * 3 / 10), 'SKU-' || lpad(n::text, 7, '0'), 1000 + abs(hashint4(n)) % 5000000, 'UZS',
                -- The sizes of one product's variants differ, whichever of the two calls makes them.
                array[1 + n % 20, 21 + abs(hashint4(n + 1)) % 12, 33 + (n / 100 + n / 60000 * 4) % 30]::bigint[], now(), now()
            from generate_series($1 + 1, $2) n
            """, from, to);
        await database.ExecuteAsync("""
            insert into shop.variant_values (variant_id, attribute_id, value_id)
            select v.id, w.attribute_id, w.id from shop.variants v join shop.attribute_values w on w.id = any (v.value_ids) where v.id > $1
            """, (long)from);
        await database.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity, taken) select 'variant', id, 20, id % 21 from shop.variants where id > $1", (long)from);
        await database.ExecuteAsync("vacuum analyze");
        await database.ExecuteAsync("notify maydon, 'shop.written:'");
    }

    private static async Task AddFrameAsync(BenchDatabase database)
    {
        await database.ExecuteAsync("insert into shop.categories (name, slug, created_at) select 'Boʻlim ' || n, 'bolim-' || n, now() from generate_series(1, 10) n");
        await database.ExecuteAsync("insert into shop.categories (name, slug, parent_id, created_at) select 'Toifa ' || n, 'toifa-' || n, 1 + n % 10, now() from generate_series(1, 90) n");
        await database.ExecuteAsync("insert into shop.attributes (name) values ('Color'), ('Memory'), ('Size')");
        await database.ExecuteAsync("""
            insert into shop.attribute_values (attribute_id, value)
            select * from (select 1, 'Color ' || n from generate_series(1, 20) n union all select 2, 8 * n || ' GB' from generate_series(1, 12) n union all select 3, 'Size ' || n from generate_series(1, 30) n) v
            """);
    }
}
