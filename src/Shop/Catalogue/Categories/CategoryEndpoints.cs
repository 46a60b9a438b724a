using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Catalogue.Categories;

/// <summary>Staff write <c>/api/categories/</c>.</summary>
internal static class CategoryEndpoints
{
    public static void MapCategoryWrites(this IEndpointRouteBuilder routes)
    {
        // The use cases check the fields themselves, together with what follows from them: all that is wrong is told at once.
        var staff = routes.MapGroup("/api/categories").WithTags("categories").RequireAuthorization(Policies.Staff).WithProblems(401, 403, 409);
        staff.MapPost("/", Create).WithSummary("Make a category").WithProblems(400).DisableValidation();
        staff.MapPut("/{id:long}/", Replace).WithSummary("Replace a category; what is left out is emptied, the slug stays").WithProblems(400, 404).DisableValidation();
        staff.MapPatch("/{id:long}/", Change).WithSummary("Change or move a category").WithProblems(400, 404).DisableValidation();
        staff.MapDelete("/{id:long}/", Delete).WithSummary("Remove an empty category").WithProblems(404);
    }

    private static async Task<Results<Created<WrittenCategory>, Problem>> Create(CategoryFields fields, WriteCategory categories, CancellationToken cancellationToken)
    {
        var (category, refusal) = await categories.CreateAsync(fields, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Created($"/api/categories/{category!.Id}/", category);
    }

    private static Task<Results<Ok<WrittenCategory>, Problem>> Replace(long id, CategoryFields fields, WriteCategory categories, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: true, categories, cancellationToken);

    private static Task<Results<Ok<WrittenCategory>, Problem>> Change(long id, CategoryFields fields, WriteCategory categories, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: false, categories, cancellationToken);

    private static async Task<Results<Ok<WrittenCategory>, Problem>> ChangeAsync(
        long id, CategoryFields fields, bool replace, WriteCategory categories, CancellationToken cancellationToken)
    {
        var (category, refusal) = await categories.ChangeAsync(id, fields, replace, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(category);
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, WriteCategory categories, CancellationToken cancellationToken) =>
        await categories.DeleteAsync(id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();
}
