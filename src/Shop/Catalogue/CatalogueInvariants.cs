using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Catalogue;

internal sealed class VariantsMatchTheirValues(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.variants",
        """
        select format('variant %s says it has the values %s, and has %s', v.id, v.value_ids, coalesce(own.ids, '{}'))
        from shop.variants v
        left join (select variant_id, array_agg(value_id order by value_id) as ids from shop.variant_values group by variant_id) own on own.variant_id = v.id
        where v.value_ids is distinct from coalesce(own.ids, '{}')
        """);

    public string Name => "every variant has the attribute values that it says it has";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class CategoriesFormATree(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from shop.categories",
        """
        with recursive reached as (
            select id from shop.categories where parent_id is null
            union
            select c.id from reached join shop.categories c on c.parent_id = reached.id
        )
        select format('category %s (%s) hangs on no top of the tree', id, slug) from shop.categories c where not exists (select from reached where reached.id = c.id)
        """);

    public string Name => "every category hangs on the top of the tree";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
