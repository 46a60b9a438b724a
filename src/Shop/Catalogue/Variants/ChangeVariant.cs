using Maydon.Inventory;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Attributes;
using Maydon.Shop.Stock;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary>
/// Changes or hides a variant. Its pool is locked before its row: checkout, which holds the pool while it reads the variant, sees it as it was or as it
/// is, and never half of it.
/// </summary>
internal sealed class ChangeVariant(ShopDbContext db, DbSession session, ShopStamps stamps, MaydonSettings settings, TimeProvider clock)
{
    /// <summary>Null when done, or why not.</summary>
    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<Problem?> ExecuteAsync(long id, VariantFields fields, bool replace, CancellationToken cancellationToken)
    {
        if (await db.Set<Variant>().AsNoTracking().SingleOrDefaultAsync(variant => variant.Id == id, cancellationToken) is not { } seen)
            return NotFound();
        if (Check(seen, fields, replace) is { Count: > 0 } wrong)
            return Problem.Invalid(wrong);

        await using var transaction = await session.BeginAsync(cancellationToken);
        // Before the pool: who waits for somebody else's new attribute keeps no buyer waiting.
        var isSpoken = replace || fields.IsSent(nameof(fields.Attributes));
        var values = isSpoken ? await AttributeWords.FindOrMakeAsync(session.Connection, fields.Attributes ?? [], cancellationToken) : [];
        if (AttributeWords.FindTwice(values) is { } twice)
            return twice;
        if (await LockAsync(id, cancellationToken) is not { } variant)
            return NotFound();
        // Somebody else may have changed it since it was looked at.
        if (Check(variant, fields, replace) is { Count: > 0 } errors)
            return Problem.Invalid(errors);
        variant.Change(Merge(variant, fields, replace), isSpoken ? [.. values.Select(value => value.ValueId)] : variant.ValueIds, clock.Now());
        await db.SaveChangesAsync(cancellationToken);
        if (isSpoken)
        {
            await db.Set<VariantValue>().Where(value => value.VariantId == id).ExecuteDeleteAsync(cancellationToken);
            db.AddRange(values.Select(value => new VariantValue { VariantId = id, AttributeId = value.AttributeId, ValueId = value.ValueId }));
            await db.SaveChangesAsync(cancellationToken);
        }

        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Null when done, or why not.</summary>
    public async Task<Problem?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(id, cancellationToken) is not { } variant)
            return NotFound();
        variant.Delete(clock.Now());
        await db.Set<VariantValue>().Where(value => value.VariantId == id).ExecuteDeleteAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task<Variant?> LockAsync(long id, CancellationToken cancellationToken)
    {
        if (await Pools.LockAsync(session.Connection, VariantStock.Of(id), cancellationToken) is null)
            return null;
        var found = await db.Set<Variant>().FromSql($"select * from shop.variants where id = {id} and deleted_at is null for no key update").IgnoreQueryFilters().ToListAsync(cancellationToken);
        return found.SingleOrDefault();
    }

    private ValidationErrors Check(Variant variant, VariantFields fields, bool replace)
    {
        var errors = Merge(variant, fields, replace).Check(fields);
        if (fields.Product is { } product && product != variant.ProductId)
            errors.Add("product", "product_stays");
        // To pass over it in silence would be to let somebody believe they had counted.
        if (fields.Stock is not null)
            errors.Add("stock", "stock_by_movements");
        return errors;
    }

    private VariantTerms Merge(Variant variant, VariantFields fields, bool replace) =>
        (replace ? new VariantTerms() : variant.Terms).With(fields, settings.Shop.Currency);

    private static Problem NotFound() => Problem.NotFound("variant_not_found");
}
