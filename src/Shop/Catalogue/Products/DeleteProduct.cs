using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Variants;
using Maydon.Shop.Stock;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Products;

/// <summary>Hides a product with all its variants. Orders that name them keep what they say.</summary>
internal sealed class DeleteProduct(ShopDbContext db, DbSession session, ShopStamps stamps, TimeProvider clock)
{
    /// <summary>Null when done, or why not.</summary>
    public async Task<Problem?> ExecuteAsync(long id, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        // Held first: as long as it is, nobody adds a variant to it. Checkout locks pools and only reads products, so the two cannot wait for each other.
        if (await WriteProduct.LockAsync(db, id, cancellationToken) is not { } product)
            return Problem.NotFound("product_not_found");
        var ids = await db.Set<Variant>().Where(variant => variant.ProductId == id).Select(variant => variant.Id).ToListAsync(cancellationToken);
        await Pools.LockManyAsync(session.Connection, VariantStock.PoolKind, ids, cancellationToken);
        var variants = await db.Set<Variant>().Where(variant => variant.ProductId == id).ToListAsync(cancellationToken);
        var now = clock.Now();
        foreach (var variant in variants)
            variant.Delete(now);
        product.Delete(now);
        await db.Set<VariantValue>().Where(value => ids.Contains(value.VariantId)).ExecuteDeleteAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
