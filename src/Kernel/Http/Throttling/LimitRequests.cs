using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Throttling;

/// <summary>So many requests per signed-in user, or per address of who is nobody; the catalogue's API has limits of its own.</summary>
internal sealed class LimitRequests(RequestDelegate next, ThrottleCounters counters, MaydonSettings settings)
{
    private static readonly PathString s_catalogue = new("/api/v1");

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (HealthPaths.Contain(path) || context.GetEndpoint()?.Metadata.GetMetadata<ThrottleConventions.Unlimited>() is not null)
            return next(context);
        var limits = settings.Throttles;
        var catalogue = path.StartsWithSegments(s_catalogue, StringComparison.OrdinalIgnoreCase);
        var wait = CurrentUser.IdOf(context.User) is { } user
            ? HitAsync(catalogue ? "user-catalogue" : "user", (ulong)user, catalogue ? limits.User : limits.UserDefault, context)
            : HitAsync(catalogue ? "anonymous-catalogue" : "anonymous", CallerNetwork.Of(context.Connection.RemoteIpAddress), catalogue ? limits.Anon : limits.AnonDefault, context);
        // Without Redis it is known at once.
        return wait.IsCompletedSuccessfully ? GoOn(wait.Result, context) : GoOnAsync(wait, context);
    }

    private async Task GoOnAsync(ValueTask<TimeSpan?> wait, HttpContext context) => await GoOn(await wait, context);

    private Task GoOn(TimeSpan? wait, HttpContext context) => wait is { } time ? Problem.Throttled(time).ExecuteAsync(context) : next(context);

    private ValueTask<TimeSpan?> HitAsync(string scope, UInt128 key, Rate? rate, HttpContext context) =>
        rate is null ? default : counters.HitAsync(scope, key, rate, context.RequestAborted);
}
