using System.Net;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Maydon.Kernel.Http.Edge;

/// <summary>
/// What is decided before anybody looks at the request: under which name it comes, whether over HTTPS, and whether its address can be
/// read at all. Health is answered under any name and without HTTPS: a load balancer asks by address, and it shows nothing of the caller's.
/// </summary>
internal sealed class Door(RequestDelegate next, MaydonSettings settings)
{
    private readonly AllowedHosts _hosts = new(settings.AllowedHosts);
    private readonly string _httpsPort = settings.PublicUrl is { Scheme: "https", IsDefaultPort: false } url ? $":{url.Port}" : "";

    public Task InvokeAsync(HttpContext context)
    {
        // One address, one spelling: throttles, the audit log and the sessions compare them.
        if (context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } address)
            context.Connection.RemoteIpAddress = address.MapToIPv4();
        ResponseHeaders.Set(context, settings);
        var request = context.Request;
        if (!HealthPaths.Contain(request.Path))
        {
            if (!_hosts.Contain(request.Host.Host))
                return Problem.Of(StatusCodes.Status400BadRequest, "invalid_host").ExecuteAsync(context);
            if (!settings.Debug && !request.IsHttps)
                return RedirectToHttps(context);
        }

        return RequestTarget.IsSound(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) && RequestTarget.IsSound(request.QueryString.Value)
            ? next(context)
            : Problem.Of(StatusCodes.Status400BadRequest, "invalid_characters").ExecuteAsync(context);
    }

    private Task RedirectToHttps(HttpContext context)
    {
        var request = context.Request;
        context.Response.StatusCode = (int)HttpStatusCode.PermanentRedirect;
        context.Response.Headers.Location = UriHelper.BuildAbsolute("https", new HostString(request.Host.Host + _httpsPort), request.PathBase, request.Path, request.QueryString);
        return Task.CompletedTask;
    }
}
