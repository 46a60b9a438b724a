using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Maydon.Kernel.Operations;

/// <summary>Whether the process is up and takes requests; <c>unhealthy</c> while it is being stopped, so that a proxy sends nothing new.</summary>
public sealed record HealthAnswer(string Status, string Service, string Version);

/// <summary>The same with what it stands on; <c>unhealthy</c> when a check failed.</summary>
public sealed record DetailedHealthAnswer(string Status, string Service, string Version, IReadOnlyDictionary<string, HealthCheckAnswer> Checks);

/// <param name="Status"><c>passed</c>, <c>failed</c>, or <c>unknown</c> for what cannot be seen from here.</param>
public sealed record HealthCheckAnswer(string Status, string Detail);

/// <summary>For load balancers and people who watch: see <see cref="HealthPaths"/> for what does not hold for them.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous();
        group.MapGet("/health/", Answer).WithSummary("Is the server up?").Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/api/health/", Answer).WithSummary("Is the server up?").Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        group.MapGet("/health/detailed/", AnswerInDetailAsync).WithSummary("Is everything well that the server stands on?")
            .Produces<DetailedHealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Results<Ok<HealthAnswer>, JsonHttpResult<HealthAnswer>> Answer(HttpResponse response, IHostApplicationLifetime lifetime)
    {
        response.Headers.CacheControl = "no-store";
        return lifetime.ApplicationStopping.IsCancellationRequested
            ? TypedResults.Json(new HealthAnswer("unhealthy", "maydon", Release.Version), statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok(new HealthAnswer("healthy", "maydon", Release.Version));
    }

    private static async Task<Results<Ok<DetailedHealthAnswer>, JsonHttpResult<DetailedHealthAnswer>>> AnswerInDetailAsync(
        HttpResponse response, CurrentHealth health, IHostApplicationLifetime lifetime)
    {
        response.Headers.CacheControl = "no-store";
        var outcomes = await health.LookAsync();
        var isWell = !lifetime.ApplicationStopping.IsCancellationRequested && outcomes.All(outcome => outcome.Result.Status != CheckStatus.Failed);
        var checks = outcomes.ToDictionary(outcome => outcome.HealthKey!, outcome => new HealthCheckAnswer(outcome.Result.Status.ToString().ToLowerInvariant(), outcome.Result.Found));
        var answer = new DetailedHealthAnswer(isWell ? "healthy" : "unhealthy", "maydon", Release.Version, checks);
        return isWell ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
