using System.ComponentModel;
using System.Runtime.InteropServices;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Catalogue.Products;
using Maydon.Shop.Catalogue.Texts;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Shop.Reviews;

public sealed record ReviewRequest
{
    [RequiredField, Description("The id of the product.")]
    public long? Product { get; init; }

    [RequiredField, Within(1, 5), Description("Stars.")]
    public int? Rating { get; init; }

    [MaxPlainText(WriteReview.CommentLength), Description("Plain text: markup is taken out.")]
    public string? Comment { get; init; }
}

/// <summary>What is not sent stays.</summary>
public sealed record ReviewChange
{
    [Within(1, 5)]
    public int? Rating { get; init; }

    [MaxPlainText(WriteReview.CommentLength)]
    public string? Comment { get; init; }
}

/// <summary>The id of the review, or why there is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReviewOutcome(long Id, Problem? Refusal);

/// <summary>
/// Makes, changes and removes reviews, and with each, in the same transaction, the product's stars. Whoever writes a review holds the product's row, and
/// takes it before the review's.
/// </summary>
internal sealed partial class WriteReview(ShopDbContext db, DbSession session, StarChanges stars, TimeProvider clock)
{
    internal const int CommentLength = 5_000;

    private const string Bought = """
        select exists (
            select from shop.orders o join shop.order_lines l on l.order_id = o.id
            where o.user_id = $1 and o.status in ('paid', 'shipped', 'delivered') and l.product_id = $2)
        """;

    /// <summary>A second one of the same person violates <c>reviews_once</c>.</summary>
    public async Task<ReviewOutcome> AddAsync(ReviewRequest request, long userId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockProductAsync("deleted_at is null and is_active and shop.is_open(category_id)", request.Product!.Value, cancellationToken) is not { } product)
            return new ReviewOutcome(0, Problem.NotFound("product_not_found"));
        var hasBought = await HasBoughtAsync(userId, product.Id, cancellationToken);
        var review = Review.Create(product.Id, userId, request.Rating!.Value, PlainText.Of(request.Comment), hasBought, clock.Now());
        db.Add(review);
        product.Rate(review.Rating, reviews: 1);
        await StoreAsync(product, transaction, cancellationToken);
        return new ReviewOutcome(review.Id, Refusal: null);
    }

    /// <summary>Null when done, or why not.</summary>
    public Task<Problem?> ChangeAsync(long id, ReviewChange change, CurrentUser user, CancellationToken cancellationToken) =>
        WriteAsync(id, user, (product, review) =>
        {
            var rating = change.Rating ?? review.Rating;
            product.Rate(rating - review.Rating, reviews: 0);
            review.Change(rating, change.Comment is null ? review.Comment : PlainText.Of(change.Comment), clock.Now());
        }, cancellationToken);

    /// <summary>Null when done, or why not.</summary>
    public Task<Problem?> DeleteAsync(long id, CurrentUser user, CancellationToken cancellationToken) =>
        WriteAsync(id, user, (product, review) =>
        {
            product.Rate(-review.Rating, reviews: -1);
            db.Remove(review);
        }, cancellationToken);

    private async Task<Problem?> WriteAsync(long id, CurrentUser user, Action<Product, Review> write, CancellationToken cancellationToken)
    {
        if (await Own(id, user).Select(review => (long?)review.ProductId).SingleOrDefaultAsync(cancellationToken) is not { } productId)
            return NotFound();
        await using var transaction = await session.BeginAsync(cancellationToken);
        var product = await LockProductAsync("true", productId, cancellationToken);
        // Somebody else may have removed or changed it before the product was ours.
        if (product is null || await Own(id, user).SingleOrDefaultAsync(cancellationToken) is not { } review)
            return NotFound();
        write(product, review);
        await StoreAsync(product, transaction, cancellationToken);
        return null;
    }

    private IQueryable<Review> Own(long id, CurrentUser user)
    {
        var (me, isStaff) = (user.Id, user.IsStaff);
        return db.Set<Review>().Where(review => review.Id == id && (review.UserId == me || isStaff));
    }

    private async Task<Product?> LockProductAsync(string condition, long id, CancellationToken cancellationToken)
    {
        var isUnlocked = false;
        IgnoreGuard("rating", ref isUnlocked);
        var sql = $"select * from shop.products where id = {{0}} and {condition} {(isUnlocked ? "" : "for no key update")}";
        return (await db.Set<Product>().FromSqlRaw(sql, id).IgnoreQueryFilters().ToListAsync(cancellationToken)).SingleOrDefault();
    }

    private async Task<bool> HasBoughtAsync(long userId, long productId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Bought, session.Connection);
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = productId });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task StoreAsync(Product product, SessionTransaction transaction, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await stars.ChangedAsync(session, product.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static Problem NotFound() => Problem.NotFound("review_not_found");

    static partial void IgnoreGuard(string guard, ref bool isIgnored);
}
