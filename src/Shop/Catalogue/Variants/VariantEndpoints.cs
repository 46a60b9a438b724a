using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary><c>/api/variants/</c>, of staff alone: buyers find variants in their product.</summary>
internal static class VariantEndpoints
{
    public static void MapVariantEndpoints(this IEndpointRouteBuilder routes)
    {
        var staff = routes.MapGroup("/api/variants").WithTags("variants").RequireAuthorization(Policies.Staff).WithProblems(401, 403);
        staff.MapGet("/", List).WithSummary("Variants with their stock, the youngest first").WithProblems(400, 404);
        staff.MapGet("/{id:long}/", Get).WithSummary("One variant with its stock").WithProblems(404);
        // The use cases check the fields themselves, together with what follows from them: all that is wrong is told at once.
        staff.MapPost("/", Create).WithSummary("Make a variant, with what is in stock").WithProblems(400, 409).DisableValidation();
        staff.MapPut("/{id:long}/", Replace).WithSummary("Replace a variant; what is left out is emptied").WithProblems(400, 404, 409).DisableValidation();
        staff.MapPatch("/{id:long}/", Change).WithSummary("Change a variant").WithProblems(400, 404, 409).DisableValidation();
        staff.MapDelete("/{id:long}/", Delete).WithSummary("Take a variant out of the shop").WithProblems(404);
    }

    private static async Task<Results<Ok<Page<StaffVariant>>, Problem>> List(
        [AsParameters] StaffVariantQuery query, StaffVariants variants, HttpRequest request, CancellationToken cancellationToken) =>
        await variants.PageAsync(query, request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");

    private static async Task<Results<Ok<StaffVariant>, Problem>> Get(long id, StaffVariants variants, CancellationToken cancellationToken) =>
        await variants.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("variant_not_found");

    private static async Task<Results<Created<StaffVariant>, Problem>> Create(
        VariantFields fields, CreateVariant create, StaffVariants variants, CurrentUser user, CancellationToken cancellationToken)
    {
        var (id, refusal) = await create.ExecuteAsync(fields, user.Id, cancellationToken);
        if (refusal is not null)
            return refusal;
        return TypedResults.Created($"/api/variants/{id}/", await variants.FindAsync(id, cancellationToken));
    }

    private static Task<Results<Ok<StaffVariant>, Problem>> Replace(long id, VariantFields fields, ChangeVariant change, StaffVariants variants, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: true, change, variants, cancellationToken);

    private static Task<Results<Ok<StaffVariant>, Problem>> Change(long id, VariantFields fields, ChangeVariant change, StaffVariants variants, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: false, change, variants, cancellationToken);

    private static async Task<Results<Ok<StaffVariant>, Problem>> ChangeAsync(
        long id, VariantFields fields, bool replace, ChangeVariant change, StaffVariants variants, CancellationToken cancellationToken)
    {
        if (await change.ExecuteAsync(id, fields, replace, cancellationToken) is { } refusal)
            return refusal;
        return await variants.FindAsync(id, cancellationToken) is { } changed ? TypedResults.Ok(changed) : Problem.NotFound("variant_not_found");
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, ChangeVariant change, CancellationToken cancellationToken) =>
        await change.DeleteAsync(id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();
}
