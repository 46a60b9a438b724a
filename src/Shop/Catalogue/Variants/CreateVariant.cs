using System.Runtime.InteropServices;
using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Attributes;
using Maydon.Shop.Catalogue.Products;
using Maydon.Shop.Stock;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary>The id of the new variant, or why there is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CreatedVariant(long Id, Problem? Refusal);

/// <summary>Makes a variant, the pool of its stock, and the movement that brings in what is there.</summary>
internal sealed class CreateVariant(ShopDbContext db, DbSession session, ShopStamps stamps, MaydonSettings settings, TimeProvider clock)
{
    /// <param name="by">Null when a program does it.</param>
    public async Task<CreatedVariant> ExecuteAsync(VariantFields fields, long? by, CancellationToken cancellationToken)
    {
        var terms = new VariantTerms().With(fields, settings.Shop.Currency);
        var errors = terms.Check(fields);
        if (fields.Product is null)
            errors.Add("product", "required");
        if (errors.Count > 0)
            return Refused(Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (!await LockProductAsync(fields.Product!.Value, cancellationToken))
            return Refused(Problem.Invalid("product", "product_not_found"));
        var values = await AttributeWords.FindOrMakeAsync(session.Connection, fields.Attributes ?? [], cancellationToken);
        if (AttributeWords.FindTwice(values) is { } twice)
            return Refused(twice);
        var now = clock.Now();
        var created = Variant.Create(fields.Product.Value, terms, [.. values.Select(value => value.ValueId)], now);
        db.Add(created);
        await db.SaveChangesAsync(cancellationToken);
        db.AddRange(values.Select(value => new VariantValue { VariantId = created.Id, AttributeId = value.AttributeId, ValueId = value.ValueId }));
        await db.SaveChangesAsync(cancellationToken);
        var pool = VariantStock.Of(created.Id);
        await Pools.CreateAsync(session.Connection, pool, capacity: 0, cancellationToken);
        if (fields.Stock is > 0 and var stock)
            await Pools.MoveAsync(session.Connection, pool, new StockMovement(stock, MovementReason.Received, Note: null, by, now), cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CreatedVariant(created.Id, Refusal: null);
    }

    /// <summary>SHARE keeps it from being deleted meanwhile: then it would have a variant that nobody has hidden.</summary>
    private async Task<bool> LockProductAsync(long id, CancellationToken cancellationToken) =>
        (await db.Set<Product>().FromSql($"select * from shop.products where id = {id} and deleted_at is null for share").IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellationToken)).Count > 0;

    private static CreatedVariant Refused(Problem refusal) => new(0, refusal);
}
