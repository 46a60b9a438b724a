using System.Runtime.InteropServices;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Texts;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Catalogue.Categories;

/// <summary>A category as staff have written it.</summary>
public sealed record WrittenCategory(long Id, string Name, string Slug, long? Parent, int Position, bool IsActive, DateTimeOffset CreatedAt)
{
    internal static WrittenCategory From(Category category) =>
        new(category.Id, category.Name, category.Slug, category.ParentId, category.Position, category.IsActive, category.CreatedAt);
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct CategoryOutcome(WrittenCategory? Category, Problem? Refusal);

/// <summary>Makes, changes and removes categories.</summary>
internal sealed class WriteCategory(ShopDbContext db, DbSession session, ShopStamps stamps, TimeProvider clock)
{
    public async Task<CategoryOutcome> CreateAsync(CategoryFields fields, CancellationToken cancellationToken)
    {
        var terms = new CategoryTerms().With(fields);
        if (terms.Check(fields) is { Count: > 0 } errors)
            return Refused(Problem.Invalid(errors));
        await using var transaction = await session.BeginAsync(cancellationToken);
        await CategoryTree.LockAsync(session.Connection, cancellationToken);
        if (await CategoryTree.CheckPlaceAsync(session.Connection, terms.Parent, moved: null, cancellationToken) is { } refusal)
            return Refused(refusal);
        if (fields.Position is null)
            terms = terms with { Position = await CategoryTree.FindLastAsync(session.Connection, terms.Parent, cancellationToken) };
        var slug = await SlugSpace.Categories.SettleAsync(session.Connection, terms.Slug, terms.Name, self: null, cancellationToken);
        var created = Category.Create(terms, slug, clock.Now());
        db.Add(created);
        return await StoreAsync(created, transaction, cancellationToken);
    }

    /// <param name="replace">What was not sent is emptied, not kept.</param>
    public async Task<CategoryOutcome> ChangeAsync(long id, CategoryFields fields, bool replace, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await CategoryTree.LockAsync(session.Connection, cancellationToken);
        if (await FindAsync(id, cancellationToken) is not { } category)
            return Refused(Problem.NotFound("category_not_found"));
        var terms = (replace ? category.Terms.Emptied() : category.Terms).With(fields);
        if (terms.Check(fields) is { Count: > 0 } errors)
            return Refused(Problem.Invalid(errors));
        if (terms.Parent != category.ParentId && await CategoryTree.CheckPlaceAsync(session.Connection, terms.Parent, id, cancellationToken) is { } refusal)
            return Refused(refusal);
        category.Change(terms, await SlugSpace.Categories.SettleAsync(session.Connection, terms.Slug, terms.Name, id, cancellationToken));
        return await StoreAsync(category, transaction, cancellationToken);
    }

    /// <summary>Only an empty one can go: what the foreign keys refuse is answered with <c>category_not_empty</c>. Null when done, or why not.</summary>
    public async Task<Problem?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await CategoryTree.LockAsync(session.Connection, cancellationToken);
        if (await FindAsync(id, cancellationToken) is not { } category)
            return Problem.NotFound("category_not_found");
        // Deleted products stay for the orders that name them, and are no reason to keep a category.
        await db.Set<Products.Product>().IgnoreQueryFilters().Where(product => product.CategoryId == id && product.DeletedAt != null)
            .ExecuteUpdateAsync(change => change.SetProperty(product => product.CategoryId, (long?)null), cancellationToken);
        db.Remove(category);
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private Task<Category?> FindAsync(long id, CancellationToken cancellationToken) => db.Set<Category>().SingleOrDefaultAsync(category => category.Id == id, cancellationToken);

    private async Task<CategoryOutcome> StoreAsync(Category category, SessionTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await stamps.WrittenAsync(session, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new CategoryOutcome(WrittenCategory.From(category), Refusal: null);
    }

    private static CategoryOutcome Refused(Problem refusal) => new(Category: null, refusal);
}
