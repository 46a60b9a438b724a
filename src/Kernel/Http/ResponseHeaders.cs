using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>What every answer tells the browser, whatever it holds.</summary>
internal static class ResponseHeaders
{
    public static void Set(HttpContext context, MaydonSettings settings)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
    }
}
