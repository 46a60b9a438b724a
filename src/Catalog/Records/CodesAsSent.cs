using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Catalog.Records;

/// <summary>
/// Codes have slashes in them. Servers decode all of a path but <c>%2F</c>, so that it parts no segments, and routing hands that on as it is: then a code
/// with a slash and one with the three characters <c>%2F</c> look the same. What came over the wire tells them apart.
/// </summary>
internal static class CodesAsSent
{
    private const string Parameter = "code";
    private const string Slash = "%2F";

    public static TBuilder WithCodesAsSent<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            if (endpoint is not RouteEndpointBuilder route || route.RoutePattern.GetParameter(Parameter) is null)
                return;
            var handler = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (context.Request.RouteValues[Parameter] is string code)
                    context.Request.RouteValues[Parameter] = Read(code, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).Trim();
                return handler(context);
            };
        });
        return builder;
    }

    /// <param name="routed">Decoded but for its slashes.</param>
    public static string Read(string routed, string rawTarget)
    {
        if (!routed.Contains(Slash, StringComparison.OrdinalIgnoreCase))
            return routed;
        var end = rawTarget.IndexOf('?', StringComparison.Ordinal);
        foreach (var segment in (end < 0 ? rawTarget : rawTarget[..end]).Split('/'))
        {
            if (DecodeButSlashes(segment) == routed)
                return Uri.UnescapeDataString(segment);
        }

        return routed.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase);
    }

    private static string DecodeButSlashes(string segment) =>
        string.Join("%2F", segment.Split("%2F").Select(part => string.Join("%2f", part.Split("%2f").Select(Uri.UnescapeDataString))));
}
