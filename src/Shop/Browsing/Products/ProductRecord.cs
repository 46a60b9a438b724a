using Maydon.Shop.Browsing.Categories;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Browsing.Products;

/// <summary>One product whole, with what is hidden of it.</summary>
/// <param name="IsShown">Neither it nor its category nor any above is switched off.</param>
internal sealed record ProductRecord(ProductDetails Whole, bool IsShown)
{
    public bool HasHidden => Whole.Variants.Any(variant => !variant.IsActive);

    /// <summary>As everybody sees it.</summary>
    public ProductDetails Shown => HasHidden ? Whole with { Variants = [.. Whole.Variants.Where(variant => variant.IsActive)] } : Whole;

    /// <summary>Null when there is none or it was deleted.</summary>
    public static async Task<ProductRecord?> FindAsync(NpgsqlConnection connection, string idOrSlug, CategoryMap tree, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command($"""
            select p.id, p.name, p.slug, l.category_id, l.price_from, l.price_to, l.currency, l.compare_at_price, p.rating_average::float8, p.rating_count, p.is_active, p.created_at,
                p.description, p.updated_at
            from shop.products p join shop.listings l on l.product_id = p.id where p.id = ({Wanted})
            """, idOrSlug));
        batch.BatchCommands.Add(Command($"select i.id, i.path, i.alt, i.position from shop.product_images i where i.product_id = ({Wanted}) order by i.position, i.id", idOrSlug));
        batch.BatchCommands.Add(Command($"""
            select v.id, v.sku, v.price, v.currency, v.compare_at_price, s.capacity - s.taken, v.is_active,
                array(select a.name from shop.variant_values x join shop.attributes a on a.id = x.attribute_id where x.variant_id = v.id order by a.name, a.id),
                array(select w.value from shop.variant_values x join shop.attributes a on a.id = x.attribute_id join shop.attribute_values w on w.id = x.value_id
                    where x.variant_id = v.id order by a.name, a.id)
            from shop.variants v left join inventory.pools s on s.kind = 'variant' and s.subject_id = v.id
            where v.product_id = ({Wanted}) and v.deleted_at is null order by v.id
            """, idOrSlug));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var category = tree.Find(reader.GetInt64(3));
        var found = ReadProduct(reader, category);
        await reader.NextResultAsync(cancellationToken);
        var images = new List<ProductPicture>();
        while (await reader.ReadAsync(cancellationToken))
            images.Add(new ProductPicture(reader.GetInt64(0), ProductRow.ImageAddress(reader.GetString(1))!, reader.GetString(2), reader.GetInt32(3)));
        await reader.NextResultAsync(cancellationToken);
        var variants = new List<ProductVariant>();
        while (await reader.ReadAsync(cancellationToken))
            variants.Add(ReadVariant(reader));
        return new ProductRecord(
            found with { Image = images.FirstOrDefault()?.Url, Images = images, Variants = variants, Available = variants.Where(variant => variant.IsActive).Sum(variant => (long)variant.Available) },
            found.IsActive && category is { IsShown: true });
    }

    // An id comes first where a slug looks like one.
    private const string Wanted = "select p.id from shop.products p where p.deleted_at is null and (p.id = $1 or p.slug = $2) order by p.id = $1 desc nulls last limit 1";

    private static NpgsqlBatchCommand Command(string sql, string idOrSlug) => new(sql)
    {
        Parameters =
        {
            new() { Value = (object?)AddressKey.IdOf(idOrSlug) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            new() { Value = idOrSlug },
        },
    };

    private static ProductDetails ReadProduct(NpgsqlDataReader reader, CategoryNode? category) => new()
    {
        Id = reader.GetInt64(0),
        Name = reader.GetString(1),
        Slug = reader.GetString(2),
        Category = category?.ToLink(),
        Image = null,
        Price = reader.IsDBNull(4) ? null : reader.GetDecimal(4),
        MaxPrice = reader.IsDBNull(5) ? null : reader.GetDecimal(5),
        Currency = reader.IsDBNull(6) ? null : reader.GetString(6),
        CompareAtPrice = reader.IsDBNull(7) ? null : reader.GetDecimal(7),
        Available = 0,
        RatingAverage = reader.IsDBNull(8) ? null : reader.GetDouble(8),
        RatingCount = reader.GetInt32(9),
        IsActive = reader.GetBoolean(10),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(11),
        Description = reader.GetString(12),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(13),
        Images = [],
        Variants = [],
    };

    private static ProductVariant ReadVariant(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetDecimal(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetDecimal(4),
        reader.IsDBNull(5) ? 0 : reader.GetInt32(5), reader.GetBoolean(6),
        [.. reader.GetFieldValue<string[]>(7).Zip(reader.GetFieldValue<string[]>(8), (name, value) => new ShownAttribute(name, value))]);
}
