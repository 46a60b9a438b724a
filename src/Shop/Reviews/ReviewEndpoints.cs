using Maydon.Kernel.Http;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Reviews;

/// <summary><c>/api/reviews/</c>: anyone reads, whoever is signed in writes their own.</summary>
internal static class ReviewEndpoints
{
    public static void AddReviews(this IServiceCollection services)
    {
        services.AddScoped<WriteReview>();
        services.AddScoped<ReviewReads>();
        services.AddSingleton<ReviewTotal>();
        services.AddScoped<IInvariantCheck, RatingsMatchReviews>();
        services.AddConstraintProblem("reviews_once", StatusCodes.Status409Conflict, "already_reviewed");
    }

    public static void MapReviews(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api").WithTags("reviews").AllowAnonymous().WithProblems(400, 404);
        open.MapGet("/reviews/", List).WithSummary("Reviews, the newest first");
        open.MapGet("/products/{id:long}/reviews/", ListOfProduct).WithSummary("Reviews of a product, the newest first");

        var people = routes.MapGroup("/api/reviews").WithTags("reviews").RequireAuthorization().WithProblems(401, 404);
        var writers = people.MapGroup("").LimitPerUser("reviews", throttles => throttles.Reviews);
        writers.MapPost("/", Add).WithSummary("Review a product, once").WithProblems(400, 409);
        writers.MapPatch("/{id:long}/", Change).WithSummary("Change one's own review").WithProblems(400);
        people.MapDelete("/{id:long}/", Delete).WithSummary("Remove one's own review");
    }

    private static async Task<Results<Ok<Page<ReviewItem>>, Problem>> List(
        [AsParameters] ReviewQuery query, ReviewReads reviews, HttpRequest request, CancellationToken cancellationToken) =>
        await reviews.PageAsync(query, request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");

    private static async Task<Results<Ok<Page<ReviewItem>>, Problem>> ListOfProduct(
        long id, [AsParameters] ProductReviewQuery query, ReviewReads reviews, HttpRequest request, CancellationToken cancellationToken)
    {
        if (await reviews.CountOfAsync(id, cancellationToken) is not { } count)
            return Problem.NotFound("product_not_found");
        return await reviews.PageOfAsync(id, count, query, request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");
    }

    private static async Task<Results<Created<ReviewItem>, Problem>> Add(
        ReviewRequest review, WriteReview write, ReviewReads reviews, CurrentUser user, CancellationToken cancellationToken)
    {
        var (id, refusal) = await write.AddAsync(review, user.Id, cancellationToken);
        if (refusal is not null)
            return refusal;
        return TypedResults.Created($"/api/reviews/{id}/", await reviews.FindAsync(id, cancellationToken));
    }

    private static async Task<Results<Ok<ReviewItem>, Problem>> Change(
        long id, ReviewChange change, WriteReview write, ReviewReads reviews, CurrentUser user, CancellationToken cancellationToken)
    {
        if (await write.ChangeAsync(id, change, user, cancellationToken) is { } refusal)
            return refusal;
        return await reviews.FindAsync(id, cancellationToken) is { } changed ? TypedResults.Ok(changed) : Problem.NotFound("review_not_found");
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, WriteReview write, CurrentUser user, CancellationToken cancellationToken) =>
        await write.DeleteAsync(id, user, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();
}
