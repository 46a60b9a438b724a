using System.ComponentModel;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Catalogue.Attributes;
using Maydon.Shop.Catalogue.Products;
using Maydon.Shop.Stock;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary>A value of one attribute, by their names.</summary>
public sealed record VariantAttribute(string AttributeName, string Value);

/// <summary>A variant as staff see it: also what is not for sale. <c>taken</c> is sold or held for an order, <c>available</c> is what can still be bought.</summary>
public sealed record StaffVariant
{
    public required long Id { get; init; }
    public required long Product { get; init; }
    public required string ProductName { get; init; }
    public required string Sku { get; init; }
    public required decimal Price { get; init; }
    public required string Currency { get; init; }
    public required decimal? CompareAtPrice { get; init; }
    public required bool IsActive { get; init; }
    public required IReadOnlyList<VariantAttribute> Attributes { get; init; }
    public required int Available { get; init; }
    public required int Taken { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

public sealed class StaffVariantQuery : ListQuery
{
    [FromQuery(Name = "product"), Description("Of this product alone.")]
    public long? Product { get; set; }

    [FromQuery(Name = "search"), Description("Words that the SKU or the product's name must have.")]
    public string? Search { get; set; }

    [FromQuery(Name = "is_active"), Description("Only those that are for sale, or only those that are not.")]
    public bool? IsActive { get; set; }
}

/// <summary>Variants whole, a write of the same transaction included; the youngest first.</summary>
internal sealed class StaffVariants(ShopDbContext db, DbSession session)
{
    public async Task<StaffVariant?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await LoadAsync(Rows().Where(row => row.Variant.Id == id), cancellationToken)).SingleOrDefault();

    /// <summary>Null when there is no such page.</summary>
    public async Task<Page<StaffVariant>?> PageAsync(StaffVariantQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        var rows = Rows();
        if (query.Product is { } product)
            rows = rows.Where(row => row.Variant.ProductId == product);
        if (query.IsActive is { } isActive)
            rows = rows.Where(row => row.Variant.IsActive == isActive);
        foreach (var word in SearchWords.Patterns(query.Search))
            rows = rows.Where(row => EF.Functions.ILike(row.Variant.Sku, word, SearchWords.Escape) || EF.Functions.ILike(row.Product.Name, word, SearchWords.Escape));
        var count = await rows.LongCountAsync(cancellationToken);
        if (query.Check(count) is not null)
            return null;
        var found = await LoadAsync(rows.OrderByDescending(row => row.Variant.Id).Skip((int)query.Offset).Take(query.Size), cancellationToken);
        return query.ToPage(request, count, found);
    }

    private IQueryable<Row> Rows() =>
        from variant in db.Set<Variant>().AsNoTracking()
        join product in db.Set<Product>().AsNoTracking() on variant.ProductId equals product.Id
        select new Row { Variant = variant, Product = product };

    private async Task<List<StaffVariant>> LoadAsync(IQueryable<Row> rows, CancellationToken cancellationToken)
    {
        var found = await rows.Select(row => new { row.Variant, row.Product.Name }).ToListAsync(cancellationToken);
        var ids = found.ConvertAll(row => row.Variant.Id);
        var attributes = (await (
            from own in db.Set<VariantValue>().AsNoTracking().Where(own => ids.Contains(own.VariantId))
            join attribute in db.Set<ShopAttribute>().AsNoTracking() on own.AttributeId equals attribute.Id
            join value in db.Set<AttributeValue>().AsNoTracking() on own.ValueId equals value.Id
            orderby attribute.Id
            select new { own.VariantId, attribute.Name, value.Value }).ToListAsync(cancellationToken)).ToLookup(row => row.VariantId, row => new VariantAttribute(row.Name, row.Value));
        await db.Database.OpenConnectionAsync(cancellationToken);
        var levels = await Pools.ReadAsync(session.Connection, VariantStock.PoolKind, ids, cancellationToken);
        await db.Database.CloseConnectionAsync();
        return found.ConvertAll(row => ToItem(row.Variant, row.Name, [.. attributes[row.Variant.Id]], levels.GetValueOrDefault(row.Variant.Id)));
    }

    private static StaffVariant ToItem(Variant variant, string productName, VariantAttribute[] attributes, PoolLevel level) => new()
    {
        Id = variant.Id,
        Product = variant.ProductId,
        ProductName = productName,
        Sku = variant.Sku,
        Price = variant.Price,
        Currency = variant.Currency,
        CompareAtPrice = variant.CompareAtPrice,
        IsActive = variant.IsActive,
        Attributes = attributes,
        Available = level.Available ?? 0,
        Taken = level.Taken,
        CreatedAt = variant.CreatedAt,
        UpdatedAt = variant.UpdatedAt,
    };

    private sealed class Row
    {
        public required Variant Variant { get; init; }
        public required Product Product { get; init; }
    }
}
