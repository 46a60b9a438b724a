using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http;

public static class ThrottleConventions
{
    /// <summary>
    /// No general limit here: for a machine that somebody has asked to call, comes in bursts from few addresses and would take a 429 for a failure of ours.
    /// The endpoint itself must turn strangers away cheaply.
    /// </summary>
    public static TBuilder WithoutThrottle<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(Unlimited.Mark);

    internal sealed class Unlimited
    {
        public static readonly Unlimited Mark = new();
    }

    /// <summary>
    /// Beside the general limits one more, for what costs more than an answer: all requests of an address to the endpoints of this
    /// <paramref name="scope"/> are counted together, whoever is signed in and whatever comes of them. Null switches it off.
    /// </summary>
    public static TBuilder LimitPerAddress<TBuilder>(this TBuilder builder, string scope, Func<ThrottleSettings, Rate?> rate) where TBuilder : IEndpointConventionBuilder =>
        builder.Limit(scope, rate, http => CallerNetwork.Of(http.Connection.RemoteIpAddress));

    /// <summary>The same per signed-in user, for what leaves much behind. Only where the endpoint requires one.</summary>
    public static TBuilder LimitPerUser<TBuilder>(this TBuilder builder, string scope, Func<ThrottleSettings, Rate?> rate) where TBuilder : IEndpointConventionBuilder =>
        builder.Limit(scope, rate, http => (ulong)http.RequestServices.GetRequiredService<CurrentUser>().Id);

    private static TBuilder Limit<TBuilder>(this TBuilder builder, string scope, Func<ThrottleSettings, Rate?> rate, Func<HttpContext, UInt128> key) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            return rate(http.RequestServices.GetRequiredService<MaydonSettings>().Throttles) is { } limit
                && await http.RequestServices.GetRequiredService<ThrottleCounters>().HitAsync(scope, key(http), limit, http.RequestAborted) is { } wait
                ? Problem.Throttled(wait)
                : await next(context);
        });
}
