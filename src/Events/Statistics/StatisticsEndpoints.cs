using System.ComponentModel;
using Maydon.Events.Caching;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Maydon.Events.Statistics;

/// <summary>How events are going: one and the best for everybody, all of them for staff.</summary>
internal static class StatisticsEndpoints
{
    public static void MapStatisticsEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/events").AllowAnonymous().WithCachedReads<EventAnswers>();
        open.MapGet("/{id:long}/stats/", One).WithSummary("How an event is going").WithProblems(404);
        open.MapGet("/stats/top/", Top).WithSummary("The events with the most registrations").WithProblems(400);

        routes.MapGet("/api/admin/stats/", All).RequireAuthorization(Policies.Staff)
            .WithSummary("Totals, registrations per day, how full events are, the most wanted").WithProblems(400, 401, 403);
    }

    private static async Task<Results<CachedAnswer<EventStats>, Problem>> One(
        long id, EventAnswers answers, NpgsqlDataSource database, HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await answers.GetAsync<EventStats>(context, async token =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            return await EventStats.ReadAsync(connection, [id], token) is [var stats]
                ? new Fresh<EventStats>(stats, 0, DateTimeOffset.MaxValue, [id])
                : null;
        }, cancellationToken);
        return answer is null ? Problem.NotFound("event_not_found") : answer;
    }

    private static async Task<CachedAnswer<List<EventStats>>> Top(
        [FromQuery(Name = "limit"), Description("How many, 5 unless told, at most 50.")] int? limit,
        TopEvents top, EventAnswers answers, HttpContext context, CancellationToken cancellationToken) =>
        (await answers.GetAsync<List<EventStats>>(context, token => top.GetAsync(limit is > 0 and var wanted ? Math.Min(wanted, TopEvents.Most) : 5, token), cancellationToken))!;

    private static async Task<Ok<AdminStats>> All([AsParameters] AdminStatsQuery query, AdminStatsReader stats, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stats.ReadAsync(query.DaysBack, cancellationToken));
}
