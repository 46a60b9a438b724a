using System.ComponentModel;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Catalog.Changes;

/// <summary><c>/api/v1/changes/</c>: for whoever keeps a copy.</summary>
internal static class ChangeEndpoints
{
    private const int DefaultLimit = 100;
    private const int MostAtOnce = 1_000;

    public static void MapChanges(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/changes/", Get).WithTags("catalog").RequireAuthorization().OpenToApiKeys()
            .WithSummary("Every change of every record that the caller may see, in the order of the commits").WithProblems(400, 401);

    private static async Task<Results<Ok<ChangePage>, Problem>> Get(
        [FromQuery(Name = "since"), Description("The cursor to go on from; from the beginning unless told.")] string? since,
        [FromQuery(Name = "limit"), Description("Changes at a time, 100 unless told, at most 1000 or about a megabyte.")] int? limit,
        ChangeFeed feed, VisibleLists visible, CancellationToken cancellationToken)
    {
        var size = limit is > 0 and var asked ? Math.Min(asked, MostAtOnce) : DefaultLimit;
        var page = await feed.ReadAsync(string.IsNullOrWhiteSpace(since) ? ChangeFeed.Beginning : since.Trim(), visible.Names, size, cancellationToken);
        return page is null ? Problem.Of(StatusCodes.Status400BadRequest, "unknown_cursor").With("field", "since") : TypedResults.Ok(page);
    }
}
