using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Authentication;
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
        var isCatalogue = path.StartsWithSegments(s_catalogue, StringComparison.OrdinalIgnoreCase);
        if (CurrentUser.IdOf(context.User) is not { } user)
            return context.Request.Headers.Authorization.Count > 0 ? GoOnWithCredentialsAsync(isCatalogue, context) : GoOnAsync(HitAsync(isCatalogue, context), context);
        var limits = settings.Throttles;
        return GoOnAsync(HitAsync(isCatalogue ? "user-catalogue" : "user", (ulong)user, isCatalogue ? limits.User : limits.UserDefault, context), context);
    }

    /// <summary>
    /// Credentials that are wrong are refused whatever they were sent for: a program whose key has died is to learn just that, however much others at its address
    /// have read of the catalogue.
    /// </summary>
    private async Task GoOnWithCredentialsAsync(bool isCatalogue, HttpContext context)
    {
        var isRefused = (await context.AuthenticateAsync()).Failure is not null;
        await GoOnAsync(HitAsync(isCatalogue && !isRefused, context), context);
    }

    private Task GoOnAsync(ValueTask<TimeSpan?> wait, HttpContext context)
    {
        // Without Redis it is known at once.
        return wait.IsCompletedSuccessfully ? GoOn(wait.Result, context) : WaitAsync();

        async Task WaitAsync() => await GoOn(await wait, context);
    }

    private Task GoOn(TimeSpan? wait, HttpContext context) => wait is { } time ? Problem.Throttled(time).ExecuteAsync(context) : next(context);

    private ValueTask<TimeSpan?> HitAsync(bool isCatalogue, HttpContext context) => HitAsync(
        isCatalogue ? "anonymous-catalogue" : "anonymous", CallerNetwork.Of(context.Connection.RemoteIpAddress), isCatalogue ? settings.Throttles.Anon : settings.Throttles.AnonDefault, context);

    private ValueTask<TimeSpan?> HitAsync(string scope, UInt128 key, Rate? rate, HttpContext context) =>
        rate is null ? default : counters.HitAsync(scope, key, rate, context.RequestAborted);
}
