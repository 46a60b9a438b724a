using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Edge;

/// <summary>What every answer tells the browser, whatever it holds.</summary>
internal static class ResponseHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // The language is the client's or the account's, and what is shown depends on who asks.
    private const string Vary = "Accept-Language, Authorization";

    public static void Set(HttpContext context, MaydonSettings settings)
    {
        var headers = context.Response.Headers;
        // Also of an answer to nobody's script, or a cache would keep it for the next one without leave to read it.
        headers.Vary = settings.CorsAllowedOrigins.Count == 0 ? Vary : $"{Vary}, Origin";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (!settings.Debug && context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }
}
