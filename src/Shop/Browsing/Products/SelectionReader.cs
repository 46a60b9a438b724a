using Maydon.Kernel.Caching;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Searching;
using Npgsql;

namespace Maydon.Shop.Browsing.Products;

/// <summary>Makes out what a filter names: categories, attributes and their values, the words of a search.</summary>
internal sealed class SelectionReader(ShopStamps stamps, TimeProvider clock) : IDisposable
{
    // What a search meant is asked for by its list, by its pages and by its facets.
    private readonly StampedCache<SoughtProducts> _sought = new(2 << 20, stamps, clock);

    public async Task<ProductSelection> ReadAsync(ProductFilter filter, CategoryMap tree, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sought = filter.Search is null ? null : await ReadSearchAsync(filter.Search, tree, connection, cancellationToken);
        var attributes = filter.Attributes.Count == 0 ? [] : await ReadAttributesAsync(filter.Attributes, connection, cancellationToken);
        long[]? categories = filter.Categories is null
            ? null
            : [.. filter.Categories.Select(tree.Find).OfType<CategoryNode>().SelectMany(node => node.WithDescendants()).Select(node => node.Id).Distinct()];
        return new ProductSelection(filter, tree, sought, attributes, categories);
    }

    public void Dispose() => _sought.Dispose();

    private Task<SoughtProducts?> ReadSearchAsync(string text, CategoryMap tree, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        _sought.GetAsync(text, async (_, token) =>
        {
            var read = await new SearchReader(connection, tree).ReadAsync(text, token);
            return new Fresh<SoughtProducts>(read, read.Size, DateTimeOffset.MaxValue);
        }, cancellationToken);

    /// <summary>In the order they were asked for; letter case does not matter.</summary>
    private static async Task<List<ChosenValues>> ReadAttributesAsync(IReadOnlyList<AskedAttribute> asked, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select asked.place, a.id, v.id
            from unnest($1, $2, $3) asked (place, name, value)
            join shop.attributes a on shop.fold(a.name) = shop.fold(asked.name)
            left join shop.attribute_values v on v.attribute_id = a.id and shop.fold(v.value) = shop.fold(asked.value)
            """, connection);
        var pairs = asked.Index().SelectMany(each => each.Item.Values.Select(value => (each.Index, each.Item.Name, Value: value))).ToList();
        command.Parameters.Add(new() { Value = pairs.Select(pair => pair.Index).ToArray() });
        command.Parameters.Add(new() { Value = pairs.Select(pair => pair.Name).ToArray() });
        command.Parameters.Add(new() { Value = pairs.Select(pair => pair.Value).ToArray() });
        var found = new List<(int Place, long AttributeId, long? ValueId)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetInt32(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2)));
        // One that there is not is asked for all the same, as something no variant has.
        return [.. asked.Index().Select(each => found.Where(row => row.Place == each.Index).ToList())
            .Select(rows => new ChosenValues(rows.Select(row => row.AttributeId).FirstOrDefault(), [.. rows.Select(row => row.ValueId).OfType<long>()]))];
    }
}
