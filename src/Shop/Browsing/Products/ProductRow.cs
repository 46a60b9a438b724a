using Maydon.Shop.Browsing.Categories;
using Npgsql;

namespace Maydon.Shop.Browsing.Products;

/// <summary>What of a product changes only when somebody writes it; its stock is laid over it.</summary>
internal sealed record ProductRow(
    long Id, string Name, string Slug, long CategoryId, string? ImagePath, decimal? Price, decimal? MaxPrice, string? Currency, decimal? CompareAtPrice,
    double? RatingAverage, int RatingCount, bool IsActive, DateTimeOffset CreatedAt)
{
    public static string? ImageAddress(string? path) => path is null ? null : $"/media/{path}";

    /// <summary>In the order of the ids.</summary>
    public static async Task<List<ProductRow>> ReadAsync(NpgsqlConnection connection, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select p.id, p.name, p.slug, l.category_id, i.path, l.price_from, l.price_to, l.currency, l.compare_at_price, l.rating_average::float8, l.rating_count, l.is_active, l.created_at
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
                reader.IsDBNull(8) ? null : reader.GetDecimal(8), reader.IsDBNull(9) ? null : reader.GetDouble(9), reader.GetInt32(10), reader.GetBoolean(11),
                reader.GetFieldValue<DateTimeOffset>(12)));
        }

        return rows;
    }

    /// <summary>How many pieces of each product can be bought; one without any variant that can be seen is not among them.</summary>
    public static async Task<Dictionary<long, long>> ReadStockAsync(NpgsqlConnection connection, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            select v.product_id, sum(s.capacity - s.taken)
            from shop.variants v join inventory.pools s on s.kind = 'variant' and s.subject_id = v.id
            where v.product_id = any ($1) and {ProductSelection.ShownVariants} group by v.product_id
            """, connection);
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stock = new Dictionary<long, long>();
        while (await reader.ReadAsync(cancellationToken))
            stock.Add(reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1));
        return stock;
    }

    public ProductItem ToItem(long available, CategoryMap tree) => new()
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
        Available = available,
        RatingAverage = RatingAverage,
        RatingCount = RatingCount,
        IsActive = IsActive,
        CreatedAt = CreatedAt,
    };
}
