using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Browsing.Categories;

/// <summary><c>GET /api/categories/</c>: anyone.</summary>
internal static class CategoryReadEndpoints
{
    public static void MapCategoryReads(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/categories").WithTags("categories").AllowAnonymous().WithCachedReads<ShopAnswers>();
        open.MapGet("/", List).WithSummary("The tree of categories, each before what is below it").WithProblems(400, 403, 404);
        open.MapGet("/{id}/", Get).WithSummary("One category, by its id or slug").WithProblems(404);
    }

    private static async Task<Results<CachedAnswer<Page<CategoryItem>>, Ok<Page<CategoryItem>>, Problem>> List(
        [AsParameters] CategoryQuery query, CategoryReads categories, CurrentUser user, HttpContext context, CancellationToken cancellationToken)
    {
        if (query.IncludeInactive is true)
        {
            if (!user.IsStaff)
                return Problem.Forbidden();
            var (page, none) = await categories.PageAsync(query, withHidden: true, context, cancellationToken);
            return page is null ? none! : TypedResults.Ok(page);
        }

        var (answer, refusal) = await categories.ListAsync(query, context, cancellationToken);
        return answer is null ? refusal! : answer;
    }

    private static async Task<Results<CachedAnswer<CategoryItem>, Ok<CategoryItem>, Problem>> Get(
        string id, CategoryReads categories, GetCategory category, CurrentUser user, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await categories.FindAsync(id, context, cancellationToken);
        if (answer is null && !user.IsStaff)
            return Problem.NotFound("category_not_found");
        if (answer?.IsWhole is true)
            return answer;
        return await category.ExecuteAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("category_not_found");
    }
}
