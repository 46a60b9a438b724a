using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Catalogue.Products;

/// <summary>Staff write <c>/api/products/</c>.</summary>
internal static class ProductEndpoints
{
    public static void MapProductWrites(this IEndpointRouteBuilder routes)
    {
        // The use cases check the fields themselves, together with what follows from them: all that is wrong is told at once.
        var staff = routes.MapGroup("/api/products").WithTags("products").RequireAuthorization(Policies.Staff).WithProblems(401, 403);
        staff.MapPost("/", Create).WithSummary("Make a product").WithProblems(400, 409).DisableValidation();
        staff.MapPut("/{id:long}/", Replace).WithSummary("Replace a product; what is left out is emptied, the slug stays").WithProblems(400, 404, 409).DisableValidation();
        staff.MapPatch("/{id:long}/", Change).WithSummary("Change a product").WithProblems(400, 404, 409).DisableValidation();
        staff.MapDelete("/{id:long}/", Delete).WithSummary("Take a product out of the shop with its variants").WithProblems(404);
    }

    private static async Task<Results<Created<WrittenProduct>, Problem>> Create(ProductFields fields, WriteProduct products, CancellationToken cancellationToken)
    {
        var (product, refusal) = await products.CreateAsync(fields, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Created($"/api/products/{product!.Id}/", product);
    }

    private static Task<Results<Ok<WrittenProduct>, Problem>> Replace(long id, ProductFields fields, WriteProduct products, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: true, products, cancellationToken);

    private static Task<Results<Ok<WrittenProduct>, Problem>> Change(long id, ProductFields fields, WriteProduct products, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: false, products, cancellationToken);

    private static async Task<Results<Ok<WrittenProduct>, Problem>> ChangeAsync(
        long id, ProductFields fields, bool replace, WriteProduct products, CancellationToken cancellationToken)
    {
        var (product, refusal) = await products.ChangeAsync(id, fields, replace, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(product);
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, DeleteProduct products, CancellationToken cancellationToken) =>
        await products.ExecuteAsync(id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();
}
