using System.Net;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Maydon.Kernel.Http.Edge;

/// <summary>
/// What is decided before anybody looks at the request: under which name it comes, whether over HTTPS, and whether its address can be
/// read at all. Health is answered under any name and without HTTPS: a load balancer asks by address, and it shows nothing of the caller's.
/// </summary>
internal sealed class Door(RequestDelegate next, MaydonSettings settings)
{
    private readonly AllowedHosts _hosts = new(settings.AllowedHosts);

    // A browser keeps a permanent one for good: too much for an https address that nobody has said there is.
    private readonly HttpStatusCode _redirect = settings.PublicUrl.Scheme == Uri.UriSchemeHttps ? HttpStatusCode.PermanentRedirect : HttpStatusCode.TemporaryRedirect;
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
            // Links follow the request's host. Its port is anybody's to write; only where things are tried out may it be a tunnel's.
            if (!settings.Debug && request.Host.Port is { } port && port != settings.PublicUrl.Port && port != context.Connection.LocalPort)
                request.Host = new HostString(request.Host.Host + _httpsPort);
        }

        if (!IsUtf8(request))
            return StatusProblems.Of(StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(context);
        return RequestTarget.IsSound(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget) && RequestTarget.IsSound(request.QueryString.Value)
            ? next(context)
            : Problem.Of(StatusCodes.Status400BadRequest, "invalid_characters").ExecuteAsync(context);
    }

    /// <summary>
    /// JSON is UTF-8 (RFC 8259). A charset that .NET does not know, or no longer reads, is an exception of its own to it, our fault by the
    /// look of it; so is one in quotes, which are allowed.
    /// </summary>
    private static bool IsUtf8(HttpRequest request)
    {
        if (request.ContentType is not { } said || !said.Contains("charset", StringComparison.OrdinalIgnoreCase))
            return true;
        if (!MediaTypeHeaderValue.TryParse(said, out var type))
            return false;
        // The word stands in another parameter, such as a profile's address.
        if (!type.Charset.HasValue)
            return true;
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (charset.Length < type.Charset.Length)
        {
            type.Charset = charset;
            request.ContentType = type.ToString();
        }

        return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private Task RedirectToHttps(HttpContext context)
    {
        var request = context.Request;
        context.Response.StatusCode = (int)_redirect;
        context.Response.Headers.Location = UriHelper.BuildAbsolute("https", new HostString(request.Host.Host + _httpsPort), request.PathBase, request.Path, request.QueryString);
        return Task.CompletedTask;
    }
}
