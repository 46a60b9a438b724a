using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Catalogue.Products;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Reviews;

/// <summary>A review as everybody may read it: of whoever wrote it no more than the first name.</summary>
public sealed record ReviewItem
{
    public required long Id { get; init; }
    public required long Product { get; init; }
    public required int Rating { get; init; }
    public required string Comment { get; init; }
    public required string? Reviewer { get; init; }
    public required bool VerifiedPurchase { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

public sealed class ProductReviewQuery : ListQuery;

public sealed class ReviewQuery : ListQuery
{
    [FromQuery(Name = "product"), Description("Of the product with this id alone.")]
    public long? Product { get; set; }
}

/// <summary>Reviews of what is shown, the newest first. Nobody counts them: products know how many they have.</summary>
internal sealed class ReviewReads(ShopDbContext db, ShopTree trees, ReviewTotal total)
{
    public async Task<ReviewItem?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await LoadAsync(db.Set<Review>().Where(review => review.Id == id), cancellationToken)).SingleOrDefault();

    /// <summary>How many a product has; null when it is not shown.</summary>
    public async Task<int?> CountOfAsync(long productId, CancellationToken cancellationToken)
    {
        var closed = await ClosedCategoriesAsync(cancellationToken);
        return await Shown(closed).Where(product => product.Id == productId).Select(product => (int?)product.RatingCount).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Null when there is no such page.</summary>
    public async Task<Page<ReviewItem>?> PageAsync(ReviewQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        if (query.Product is { } only)
            return await PageOfAsync(only, await CountOfAsync(only, cancellationToken) ?? 0, query, request, cancellationToken);
        var products = Shown(await ClosedCategoriesAsync(cancellationToken));
        return await PageAsync(
            from review in db.Set<Review>()
            join product in products on review.ProductId equals product.Id
            select review, await total.GetAsync(cancellationToken), query, request, cancellationToken);
    }

    /// <summary>Null when there is no such page.</summary>
    /// <param name="count">Of a product that is shown, or 0.</param>
    public Task<Page<ReviewItem>?> PageOfAsync(long productId, int count, ListQuery query, HttpRequest request, CancellationToken cancellationToken) =>
        PageAsync(db.Set<Review>().Where(review => review.ProductId == productId), count, query, request, cancellationToken);

    private async Task<Page<ReviewItem>?> PageAsync(IQueryable<Review> rows, long count, ListQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        if (query.Check(count) is not null)
            return null;
        // By id first: what lies before the page is passed over in the index.
        var ids = rows.OrderByDescending(review => review.CreatedAt).ThenByDescending(review => review.Id).Select(review => review.Id).Skip((int)query.Offset).Take(query.Size);
        return query.ToPage(request, count, count == 0 ? [] : await LoadAsync(db.Set<Review>().Where(review => ids.Contains(review.Id)), cancellationToken));
    }

    private IQueryable<Product> Shown(long[] closedCategories) =>
        db.Set<Product>().Where(product => product.IsActive && !closedCategories.Contains(product.CategoryId!.Value));

    private async Task<long[]> ClosedCategoriesAsync(CancellationToken cancellationToken) => (await trees.GetAsync(cancellationToken)).HiddenIds;

    private async Task<List<ReviewItem>> LoadAsync(IQueryable<Review> rows, CancellationToken cancellationToken)
    {
        var found = await (
            from review in rows.AsNoTracking()
            join person in db.Set<Person>() on review.UserId equals person.Id
            orderby review.CreatedAt descending, review.Id descending
            select new { Review = review, person.FullName }).ToListAsync(cancellationToken);
        return found.ConvertAll(row => new ReviewItem
        {
            Id = row.Review.Id,
            Product = row.Review.ProductId,
            Rating = row.Review.Rating,
            Comment = row.Review.Comment,
            Reviewer = row.FullName.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(),
            VerifiedPurchase = row.Review.VerifiedPurchase,
            CreatedAt = row.Review.CreatedAt,
            UpdatedAt = row.Review.UpdatedAt,
        });
    }
}
