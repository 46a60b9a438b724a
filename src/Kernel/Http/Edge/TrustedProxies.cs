using System.Net;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Maydon.Kernel.Http.Edge;

/// <summary>
/// Who the client is and how it came, when a proxy of ours says so: hop by hop from the right, until the first address that is none of
/// <c>TRUSTED_PROXIES</c>. What a stranger writes into these headers counts for nothing.
/// </summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this IApplicationBuilder app, MaydonSettings settings)
    {
        // With an empty list ASP.NET would believe everybody.
        if (settings.TrustedProxies.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in settings.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else
                options.KnownIPNetworks.Add(IPNetwork.Parse(proxy));
        }

        app.Use((context, next) =>
        {
            // A proxy that passes its client's header on would let the client write the scheme of our links.
            if (context.Request.Headers["X-Forwarded-Proto"].Any(value => !AreSchemes(value)))
                context.Request.Headers.Remove("X-Forwarded-Proto");
            return next(context);
        });
        app.UseForwardedHeaders(options);
    }

    private static bool AreSchemes(string? list) =>
        list is not null && list.Split(',', StringSplitOptions.TrimEntries).All(scheme => scheme is "http" or "https");
}
