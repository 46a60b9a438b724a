using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
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

/// <summary>Reviews of what is shown, the newest first.</summary>
internal sealed class ReviewReads(ShopDbContext db)
{
    public async Task<ReviewItem?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await LoadAsync(db.Set<Review>().Where(review => review.Id == id), cancellationToken)).SingleOrDefault();

    public async Task<bool> IsShownAsync(long productId, CancellationToken cancellationToken)
    {
        var closed = await ClosedCategoriesAsync(cancellationToken);
        return await Shown(closed).AnyAsync(product => product.Id == productId, cancellationToken);
    }

    /// <summary>Null when there is no such page.</summary>
    /// <param name="productId">Null for all.</param>
    public async Task<Page<ReviewItem>?> PageAsync(long? productId, ListQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        var products = Shown(await ClosedCategoriesAsync(cancellationToken));
        var rows =
            from review in db.Set<Review>()
            join product in products on review.ProductId equals product.Id
            select review;
        if (productId is { } only)
            rows = rows.Where(review => review.ProductId == only);
        var count = await rows.LongCountAsync(cancellationToken);
        if (query.Check(count) is not null)
            return null;
        var page = rows.OrderByDescending(review => review.CreatedAt).ThenByDescending(review => review.Id).Skip((int)query.Offset).Take(query.Size);
        return query.ToPage(request, count, await LoadAsync(page, cancellationToken));
    }

    private IQueryable<Product> Shown(List<long> closedCategories) =>
        db.Set<Product>().Where(product => product.IsActive && !closedCategories.Contains(product.CategoryId!.Value));

    /// <summary>The few that are switched off: so the many reviews need not each be asked for all categories above them.</summary>
    private Task<List<long>> ClosedCategoriesAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<long>($"""select id as "Value" from shop.categories where not shop.is_open(id)""").ToListAsync(cancellationToken);

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
