using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Browsing;

internal sealed class ListingsMatchProducts(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.listings",
        """
        with offers as (
            select product_id, min(price) as price_from, max(price) as price_to, (array_agg(currency order by price, id))[1] as currency,
                (array_agg(compare_at_price order by price, id))[1] as compare_at_price
            from shop.variants where is_active and deleted_at is null group by product_id
        ), worn as (
            select v.product_id, array_agg(distinct x) as value_ids from shop.variants v, unnest(v.value_ids) x where v.is_active and v.deleted_at is null group by v.product_id
        )
        select format('product %s is listed as %s, and is %s', coalesce(l.product_id, p.product_id), l.*::text, p.*::text)
        from shop.listings l
        full join (
            select p.id as product_id, p.is_active, p.category_id, p.name, p.created_at, o.price_from, o.price_to, o.currency, o.compare_at_price,
                coalesce(w.value_ids, '{}') as value_ids, p.rating_average, p.rating_count
            from shop.products p left join offers o on o.product_id = p.id left join worn w on w.product_id = p.id where p.deleted_at is null
        ) p on p.product_id = l.product_id
        where l.* is distinct from row(p.*)::shop.listings
        """);

    public string Name => "every product is listed as it and its variants are";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class WordsMatchProducts(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.product_words",
        """
        select format('product %s is not searched by what it says', coalesce(w.product_id, p.id))
        from shop.product_words w
        full join (
            select id, shop.lexemes(shop.words(name)) as title, shop.lexemes(shop.words(name || e'\n' || description)) as document from shop.products where deleted_at is null
        ) p on p.id = w.product_id
        where w.* is distinct from row(p.*)::shop.product_words
        """);

    public string Name => "every product is searched by the words of its name and description";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
