using Npgsql;

namespace Maydon.Shop.Browsing.Categories;

/// <summary>One category with what hangs below it, in the order of their positions.</summary>
/// <param name="Words">Its name as it is searched.</param>
/// <param name="IsShown">Neither it nor any above it is switched off.</param>
internal sealed record CategoryNode(long Id, string Name, string Slug, CategoryNode? Parent, int Position, bool IsActive, bool IsShown, IReadOnlyList<string> Words)
{
    public List<CategoryNode> Children { get; } = [];

    public IEnumerable<CategoryNode> WithDescendants() => Children.SelectMany(child => child.WithDescendants()).Prepend(this);

    public CategoryLink ToLink() => new(Id, Name, Slug, Parent?.Id);
}

/// <summary>All categories: there are hundreds of them where there are a hundred thousand products, so they are read whole and kept.</summary>
internal sealed class CategoryMap
{
    private readonly Dictionary<long, CategoryNode> _byId = [];
    private readonly Dictionary<string, CategoryNode> _bySlug = new(StringComparer.Ordinal);

    private CategoryMap(IReadOnlyList<CategoryRow> rows)
    {
        var below = rows.ToLookup(row => row.ParentId);
        Add(below, parent: null);
        InOrder = [.. _byId.Values];
        HiddenIds = [.. InOrder.Where(node => !node.IsShown).Select(node => node.Id)];
    }

    /// <summary>Each before what is below it.</summary>
    public IReadOnlyList<CategoryNode> InOrder { get; }

    public long[] HiddenIds { get; }

    public int Size => 300 * InOrder.Count;

    public CategoryNode? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>By what stands in an address.</summary>
    public CategoryNode? Find(string idOrSlug) => (AddressKey.IdOf(idOrSlug) is { } id ? Find(id) : null) ?? _bySlug.GetValueOrDefault(idOrSlug);

    public static async Task<CategoryMap> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id, name, slug, parent_id, position, is_active, shop.words(name) from shop.categories order by position, id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CategoryRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new CategoryRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetString(6)));
        }

        return new CategoryMap(rows);
    }

    // What goes in a circle is reached from no root: it is not there.
    private void Add(ILookup<long?, CategoryRow> below, CategoryNode? parent)
    {
        foreach (var row in below[parent?.Id])
        {
            var node = new CategoryNode(row.Id, row.Name, row.Slug, parent, row.Position, row.IsActive, row.IsActive && parent is not { IsShown: false }, row.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            _byId.Add(node.Id, node);
            _bySlug.Add(node.Slug, node);
            parent?.Children.Add(node);
            Add(below, node);
        }
    }

    private sealed record CategoryRow(long Id, string Name, string Slug, long? ParentId, int Position, bool IsActive, string Words);
}
