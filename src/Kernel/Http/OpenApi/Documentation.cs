using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>The OpenAPI document and the two pages that show it.</summary>
internal static class Documentation
{
    // Both pages style their elements through the object model, for which they need an empty style element: that is the hash of nothing.
    private const string EmptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

    // The one style sheet that ReDoc 10.3.1's script writes inline.
    private const string ReDocStyle = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='";

    private const string ContentSecurityPolicy =
        $"default-src 'self'; style-src 'self' {EmptyStyle} {ReDocStyle}; img-src 'self' data:; worker-src blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void MapDocumentation(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().AnswerHead();
        pages.MapGet("/api/schema/", GetSchema);
        pages.MapGet("/swagger/", (HttpContext context) => Page(context, "swagger.html"));
        pages.MapGet("/api/docs/", (HttpContext context) => Page(context, "swagger.html"));
        pages.MapGet("/redoc/", (HttpContext context) => Page(context, "redoc.html"));
        pages.MapGet("/api/redoc/", (HttpContext context) => Page(context, "redoc.html"));
        pages.MapGet("/api/docs/assets/{name}", GetAsset);
    }

    private static async Task<IResult> GetSchema(string? format, ApiDocument document) => format switch
    {
        null or "" or "json" => TypedResults.Bytes(await document.JsonAsync(), "application/json; charset=utf-8"),
        "yaml" => TypedResults.Bytes(await document.YamlAsync(), "application/yaml; charset=utf-8"),
        _ => Problem.Invalid("format", "invalid_choice", "json, yaml"),
    };

    private static FileContentHttpResult Page(HttpContext context, string name)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return TypedResults.Bytes(DocumentationAssets.Find(name)!.Bytes, "text/html; charset=utf-8");
    }

    private static IResult GetAsset(string name, HttpContext context)
    {
        if (DocumentationAssets.Find(name) is not { } asset)
            return Problem.NotFound("not_found");
        var response = context.Response;
        response.Headers.CacheControl = "public, max-age=3600";
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (asset.IsCompressed && !context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Stream(new GZipStream(new MemoryStream(asset.Bytes), CompressionMode.Decompress), asset.ContentType);
        if (asset.IsCompressed)
            response.Headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(asset.Bytes, asset.ContentType, entityTag: new EntityTagHeaderValue(asset.Tag));
    }
}
