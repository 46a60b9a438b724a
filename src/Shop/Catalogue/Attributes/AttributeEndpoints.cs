using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary><c>/api/attributes/</c>: anyone looks, staff write.</summary>
internal static class AttributeEndpoints
{
    public static void MapAttributeEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/attributes").WithTags("attributes").AllowAnonymous();
        open.MapGet("/", List).WithSummary("Attributes with their values, by name").WithProblems(400, 404);
        open.MapGet("/{id:long}/", Get).WithSummary("One attribute with its values").WithProblems(404);

        var staff = routes.MapGroup("/api/attributes").WithTags("attributes").RequireAuthorization(Policies.Staff).WithProblems(401, 403, 409);
        staff.MapPost("/", Create).WithSummary("Make an attribute").WithProblems(400).DisableValidation();
        staff.MapPut("/{id:long}/", Replace).WithSummary("Replace an attribute: its values are those that are sent").WithProblems(400, 404).DisableValidation();
        staff.MapPatch("/{id:long}/", Change).WithSummary("Rename an attribute, or replace its values").WithProblems(400, 404).DisableValidation();
        staff.MapDelete("/{id:long}/", Delete).WithSummary("Remove an attribute that no variant has").WithProblems(404);
    }

    private static async Task<Results<Ok<Page<AttributeAnswer>>, Problem>> List(
        [AsParameters] AttributeQuery query, AttributeReads attributes, HttpRequest request, CancellationToken cancellationToken) =>
        await attributes.PageAsync(query, request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");

    private static async Task<Results<Ok<AttributeAnswer>, Problem>> Get(long id, AttributeReads attributes, CancellationToken cancellationToken) =>
        await attributes.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound();

    private static async Task<Results<Created<AttributeAnswer>, Problem>> Create(
        AttributeFields fields, WriteAttribute write, AttributeReads attributes, CancellationToken cancellationToken)
    {
        var (id, refusal) = await write.CreateAsync(fields, cancellationToken);
        if (refusal is not null)
            return refusal;
        return TypedResults.Created($"/api/attributes/{id}/", await attributes.FindAsync(id, cancellationToken));
    }

    private static Task<Results<Ok<AttributeAnswer>, Problem>> Replace(long id, AttributeFields fields, WriteAttribute write, AttributeReads attributes, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: true, write, attributes, cancellationToken);

    private static Task<Results<Ok<AttributeAnswer>, Problem>> Change(long id, AttributeFields fields, WriteAttribute write, AttributeReads attributes, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: false, write, attributes, cancellationToken);

    private static async Task<Results<Ok<AttributeAnswer>, Problem>> ChangeAsync(
        long id, AttributeFields fields, bool replace, WriteAttribute write, AttributeReads attributes, CancellationToken cancellationToken)
    {
        if (await write.ChangeAsync(id, fields, replace, cancellationToken) is { } refusal)
            return refusal;
        return await attributes.FindAsync(id, cancellationToken) is { } changed ? TypedResults.Ok(changed) : NotFound();
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, WriteAttribute write, CancellationToken cancellationToken) =>
        await write.DeleteAsync(id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static Problem NotFound() => Problem.NotFound("attribute_not_found");
}
