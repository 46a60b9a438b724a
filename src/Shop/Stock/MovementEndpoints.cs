using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Stock;

/// <summary><c>/api/variants/{id}/movements/</c>, of staff.</summary>
internal static class MovementEndpoints
{
    public static void MapMovementEndpoints(this IEndpointRouteBuilder routes)
    {
        var staff = routes.MapGroup("/api/variants/{id:long}/movements").WithTags("variants").RequireAuthorization(Policies.Staff).WithProblems(400, 401, 403, 404);
        staff.MapGet("/", List).WithSummary("What became of a variant's stock, the newest first");
        staff.MapPost("/", Move).WithSummary("Receive, take back or correct stock; never below what is sold or held").WithProblems(409);
    }

    private static async Task<Results<Ok<Page<StockChangeItem>>, Problem>> List(
        long id, [AsParameters] MovementQuery query, StockHistory history, HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = await history.PageAsync(id, query, request, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(page!);
    }

    private static async Task<Results<Created<MadeMovement>, Problem>> Move(long id, MovementRequest movement, StockTaking stock, CurrentUser user, CancellationToken cancellationToken)
    {
        var (made, refusal) = await stock.MoveAsync(id, movement, user.Id, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Created($"/api/variants/{id}/movements/", made);
    }
}
