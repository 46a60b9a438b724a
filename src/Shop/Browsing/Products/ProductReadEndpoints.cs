using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Maydon.Shop.Browsing.Products;

/// <summary><c>GET /api/products/</c>: anyone.</summary>
internal static class ProductReadEndpoints
{
    public static void MapProductReads(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/products").WithTags("products").AllowAnonymous().WithCachedReads<ShopAnswers>();
        open.MapGet("/", List).WithSummary("Products: searched, filtered, with facets").WithProblems(400, 403, 404, 503)
            .AddOpenApiOperationTransformer(DescribeAttributes);
        open.MapGet("/{id}/", Get).WithSummary("One product with its variants, by its id or slug").WithProblems(404);
    }

    /// <summary>Their names are the shop's own, so no property can stand for them.</summary>
    private static Task DescribeAttributes(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = "attr.{name}",
            In = ParameterLocation.Query,
            Description = "By an attribute of the shop: attr.Color=Red. Several values of one attribute: one of them; several attributes: all of them, on one and the same variant.",
            Style = ParameterStyle.Form,
            Explode = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        });
        return Task.CompletedTask;
    }

    private static async Task<Results<CachedAnswer<ProductPage>, Ok<ProductPage>, Problem>> List(
        [AsParameters] ProductQuery query, ProductReads products, CurrentUser user, HttpContext context, CancellationToken cancellationToken)
    {
        if (query.IncludeInactive is true)
        {
            if (!user.IsStaff)
                return Problem.Forbidden();
            var (page, none) = await products.PageAsync(query, context, cancellationToken);
            return page is null ? none! : TypedResults.Ok(page.Value);
        }

        var (answer, refusal) = await products.ListAsync(query, context, cancellationToken);
        return answer is null ? refusal! : answer;
    }

    private static async Task<Results<CachedAnswer<ProductDetails>, Ok<ProductDetails>, Problem>> Get(
        string id, ProductReads products, GetProduct product, CurrentUser user, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await products.DetailAsync(id, context, cancellationToken);
        if (answer is null && !user.IsStaff)
            return Problem.NotFound("product_not_found");
        if (answer?.IsWhole is true)
            return answer;
        return await product.ExecuteAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("product_not_found");
    }
}
