using Maydon.Shop.Browsing.Categories;
using Npgsql;

namespace Maydon.Shop.Browsing.Products;

/// <summary>What of a product changes without its being written.</summary>
/// <param name="Available">How many pieces can be bought of all variants that can be seen.</param>
internal sealed record ProductLevels(long Available, double? RatingAverage, int RatingCount);

/// <summary>What of a product changes only when somebody writes it; its <see cref="ProductLevels"/> are laid over it.</summary>
internal sealed record ProductRow(
    long Id, string Name, string Slug, long CategoryId, string? ImagePath, decimal? Price, decimal? MaxPrice, string? Currency, decimal? CompareAtPrice,
    bool IsActive, DateTimeOffset CreatedAt)
{
    public static string? ImageAddress(string? path) => path is null ? null : $"/media/{path}";

    /// <summary>In the order of the ids.</summary>
    public static async Task<List<ProductRow>> ReadAsync(NpgsqlConnection connection, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, p.name, p.slug, l.category_id, i.path, l.price_from, l.price_to, l.currency, l.compare_at_price, l.is_active, l.created_at
            from unnest($1) with ordinality page (id, place)
            join shop.listings l on l.product_id = page.id
            join shop.products p on p.id = page.id
            left join lateral (select path from shop.product_images where product_id = p.id order by position, id limit 1) i on true
            order by page.place
            """, connection);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ProductRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new ProductRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetDecimal(5), reader.IsDBNull(6) ? null : reader.GetDecimal(6), reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetDecimal(8), reader.GetBoolean(9), reader.GetFieldValue<DateTimeOffset>(10)));
        }

        return rows;
    }

    /// <summary>Of those that are there.</summary>
    public static async Task<Dictionary<long, ProductLevels>> ReadLevelsAsync(NpgsqlConnection connection, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            select l.product_id, a.available, l.rating_average::float8, l.rating_count
            from shop.listings l
            left join (
                select v.product_id, sum(s.capacity - s.taken) as available
                from shop.variants v join inventory.pools s on s.kind = 'variant' and s.subject_id = v.id
                where v.product_id = any ($1) and {ProductSelection.ShownVariants} group by v.product_id
            ) a on a.product_id = l.product_id
            where l.product_id = any ($1)
            """, connection);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var levels = new Dictionary<long, ProductLevels>();
        while (await reader.ReadAsync(cancellationToken))
            levels.Add(reader.GetInt64(0), new ProductLevels(reader.IsDBNull(1) ? 0 : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetDouble(2), reader.GetInt32(3)));
        return levels;
    }

    /// <param name="levels">Null when it has gone meanwhile.</param>
    public ProductItem ToItem(ProductLevels? levels, CategoryMap tree) => new()
    {
        Id = Id,
        Name = Name,
        Slug = Slug,
        Category = tree.Find(CategoryId)?.ToLink(),
        Image = ImageAddress(ImagePath),
        Price = Price,
        MaxPrice = MaxPrice,
        Currency = Currency,
        CompareAtPrice = CompareAtPrice,
        Available = levels?.Available ?? 0,
        RatingAverage = levels?.RatingAverage,
        RatingCount = levels?.RatingCount ?? 0,
        IsActive = IsActive,
        CreatedAt = CreatedAt,
    };
}
