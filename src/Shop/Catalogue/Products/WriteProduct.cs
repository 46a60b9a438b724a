using System.Runtime.InteropServices;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Categories;
using Maydon.Shop.Catalogue.Texts;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Products;

/// <summary>A product as staff have written it.</summary>
public sealed record WrittenProduct(
    long Id, string Name, string Slug, string Description, long? Category, bool IsActive, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static WrittenProduct From(Product product) => new(
        product.Id, product.Name, product.Slug, product.Description, product.CategoryId, product.IsActive, product.CreatedAt, product.UpdatedAt);
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProductOutcome(WrittenProduct? Product, Problem? Refusal);

/// <summary>Makes and changes products.</summary>
internal sealed class WriteProduct(ShopDbContext db, DbSession session, ShopStamps stamps, TimeProvider clock)
{
    public async Task<ProductOutcome> CreateAsync(ProductFields fields, CancellationToken cancellationToken)
    {
        var terms = new ProductTerms().With(fields);
        if (terms.Check(fields) is { Count: > 0 } errors)
            return Refused(Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (!await LockCategoryAsync(terms.Category!.Value, cancellationToken))
            return Refused(Problem.Invalid("category", "category_not_found"));
        var slug = await SlugSpace.Products.SettleAsync(session.Connection, terms.Slug, terms.Name, self: null, cancellationToken);
        var created = Product.Create(terms, slug, clock.Now());
        db.Add(created);
        return await StoreAsync(created, transaction, cancellationToken);
    }

    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<ProductOutcome> ChangeAsync(long id, ProductFields fields, bool replace, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(db, id, cancellationToken) is not { } product)
            return Refused(Problem.NotFound("product_not_found"));
        var terms = (replace ? product.Terms.Emptied() : product.Terms).With(fields);
        if (terms.Check(fields) is { Count: > 0 } errors)
            return Refused(Problem.Invalid(errors));
        if (terms.Category != product.CategoryId && !await LockCategoryAsync(terms.Category!.Value, cancellationToken))
            return Refused(Problem.Invalid("category", "category_not_found"));
        product.Change(terms, await SlugSpace.Products.SettleAsync(session.Connection, terms.Slug, terms.Name, id, cancellationToken), clock.Now());
        return await StoreAsync(product, transaction, cancellationToken);
    }

    /// <summary>
    /// Locked for a change, null when there is none or it is deleted. NO KEY: reviews and variants that refer to it are not held up by the foreign key.
    /// </summary>
    public static async Task<Product?> LockAsync(ShopDbContext db, long id, CancellationToken cancellationToken) =>
        (await db.Set<Product>().FromSql($"select * from shop.products where id = {id} and deleted_at is null for no key update").IgnoreQueryFilters().ToListAsync(cancellationToken))
            .SingleOrDefault();

    /// <summary>So that it is there until this transaction ends.</summary>
    private async Task<bool> LockCategoryAsync(long id, CancellationToken cancellationToken) =>
        (await db.Set<Category>().FromSql($"select * from shop.categories where id = {id} for key share").AsNoTracking().ToListAsync(cancellationToken)).Count > 0;

    private async Task<ProductOutcome> StoreAsync(Product product, SessionTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ProductOutcome(WrittenProduct.From(product), Refusal: null);
    }

    private static ProductOutcome Refused(Problem refusal) => new(Product: null, refusal);
}
