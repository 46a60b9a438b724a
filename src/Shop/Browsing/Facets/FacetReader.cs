using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Products;
using Npgsql;

namespace Maydon.Shop.Browsing.Facets;

/// <summary>Counts the facets of a selection: three statements, however much is found.</summary>
internal sealed class FacetReader(NpgsqlConnection connection, ProductSelection selection)
{
    private const int MostValues = 100;

    public async Task<ProductFacets> ReadAsync(CancellationToken cancellationToken) =>
        new(await ReadCategoriesAsync(cancellationToken), await ReadAttributesAsync(cancellationToken), await ReadPriceAsync(cancellationToken));

    private async Task<List<CategoryFacet>> ReadCategoriesAsync(CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var (sets, condition) = selection.ToSql(values, new LeftOut(Categories: true));
        await using var command = values.ToCommand($"{With(sets)}select l.category_id, count(*) from shop.listings l where {condition} group by l.category_id", connection);
        var counts = await ProductCounts.ReadAsync(command, cancellationToken);
        return [.. selection.Tree.InOrder
            .Where(node => selection.Filter.WithHidden || node.IsShown)
            .Select(node => new CategoryFacet(node.Id, node.Name, node.Slug, node.Parent?.Id, counts.Of(node)))
            .Where(facet => facet.Count > 0)];
    }

    /// <summary>The values of the attributes that nobody filters by, counted together; and for each of the others those that could be chosen instead.</summary>
    private async Task<List<AttributeFacet>> ReadAttributesAsync(CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var chosen = selection.Attributes.Where(attribute => attribute.AttributeId > 0).Select(attribute => attribute.AttributeId).Distinct().ToArray();
        var (sets, counts) = (new List<string>(), new List<string>());
        Count(LeftOut.None, $"w.attribute_id <> all ({values.Add(chosen)})");
        foreach (var id in chosen)
            Count(new LeftOut(AttributeId: id), $"w.attribute_id = {values.Add(id)}");
        await using var command = values.ToCommand($"""
            {With(string.Join(", ", sets.Where(set => set.Length > 0)))}select a.name, f.value, f.products
            from (
                select w.attribute_id, w.value, c.products, row_number() over (partition by w.attribute_id order by c.products desc, w.value, w.id) as place
                from ({string.Join(" union all ", counts)}) c join shop.attribute_values w on w.id = c.value_id
            ) f join shop.attributes a on a.id = f.attribute_id
            where f.place <= {MostValues}
            order by a.name, a.id, f.place
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string Attribute, ValueFacet Value)>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add((reader.GetString(0), new ValueFacet(reader.GetString(1), reader.GetInt64(2))));
        return [.. rows.GroupBy(row => row.Attribute).Select(group => new AttributeFacet(group.Key, [.. group.Select(row => row.Value)]))];

        void Count(LeftOut leftOut, string attributes)
        {
            var prefix = $"c{counts.Count}_";
            var (needed, condition) = selection.ToSql(values, leftOut, prefix);
            sets.Add(needed);
            // What values a product has is known from its listing, where its variants do not matter or all of them fit.
            var counted = !selection.AsksForVariants(leftOut) ? OfListings(condition)
                : selection.AllVariantsToSql(values, leftOut) is { } allFit
                    ? $"{OfListings($"{condition} and {allFit}")} union all {OfVariants(selection.VariantsToSql(values, leftOut), $"{condition} and not {allFit}")}"
                    : OfVariants(selection.VariantsToSql(values, leftOut), condition);
            counts.Add($"select n.value_id, sum(n.products)::bigint as products from ({counted}) n join shop.attribute_values w on w.id = n.value_id where {attributes} group by n.value_id");
        }
    }

    private static string OfListings(string condition) =>
        $"(select x.value_id, count(*) as products from shop.listings l, unnest(l.value_ids) x (value_id) where {condition} group by x.value_id)";

    /// <summary>In the order of the products, which an index knows: sorting a million pairs for each value takes half as long again.</summary>
    private static string OfVariants(string variants, string condition) => $"""
        (select p.value_id, count(*) as products
        from (
            select v.product_id, x.value_id
            from shop.variants v, unnest(v.value_ids) x (value_id)
            where {variants} and v.product_id in (select l.product_id from shop.listings l where {condition})
            group by v.product_id, x.value_id order by v.product_id, x.value_id
        ) p
        group by p.value_id)
        """;

    private async Task<PriceFacet> ReadPriceAsync(CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var leftOut = new LeftOut(Price: true);
        var (sets, condition) = selection.ToSql(values, leftOut);
        await using var command = values.ToCommand(
            $"""
            {With(sets)}select min(v.price), max(v.price), case when min(v.currency) = max(v.currency) then min(v.currency) end
            from shop.variants v where {selection.VariantsToSql(values, leftOut)} and v.product_id in (select l.product_id from shop.listings l where {condition})
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new PriceFacet(reader.IsDBNull(0) ? null : reader.GetDecimal(0), reader.IsDBNull(1) ? null : reader.GetDecimal(1), reader.IsDBNull(2) ? null : reader.GetString(2));
    }

    private static string With(string sets) => sets.Length == 0 ? "" : $"with {sets} ";
}
