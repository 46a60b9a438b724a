using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Swashbuckle.AspNetCore.ReDoc;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>Scripts and styles of Swagger UI and ReDoc as they lie, compressed, in their packages, and our own files beside them.</summary>
internal static class DocumentationAssets
{
    private static readonly FrozenDictionary<string, Lazy<Asset>> s_assets = new Dictionary<string, Lazy<Asset>>
    {
        ["swagger.html"] = Own("swagger.html", "text/html; charset=utf-8"),
        ["swagger.js"] = Own("swagger.js", "text/javascript; charset=utf-8"),
        ["redoc.html"] = Own("redoc.html", "text/html; charset=utf-8"),
        ["redoc.js"] = Own("redoc.js", "text/javascript; charset=utf-8"),
        ["docs.css"] = Own("docs.css", "text/css; charset=utf-8"),
        ["swagger-ui.css"] = Swagger("swagger-ui.css", "text/css; charset=utf-8"),
        ["swagger-ui-bundle.js"] = Swagger("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ["favicon-32x32.png"] = Swagger("favicon-32x32.png", "image/png"),
        ["redoc.standalone.js"] = Lazily(typeof(ReDocOptions).Assembly, "Swashbuckle.AspNetCore.ReDoc.node_modules.redoc.bundles.redoc.standalone.js", "text/javascript; charset=utf-8"),
    }.ToFrozenDictionary();

    public static Asset? Find(string name) => s_assets.TryGetValue(name, out var asset) ? asset.Value : null;

    private static Lazy<Asset> Own(string name, string type) => Lazily(typeof(DocumentationAssets).Assembly, $"OpenApi/{name}", type);

    private static Lazy<Asset> Swagger(string name, string type) => Lazily(typeof(SwaggerUIOptions).Assembly, $"Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.{name}", type);

    private static Lazy<Asset> Lazily(Assembly assembly, string resource, string type) => new(() =>
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{assembly.GetName().Name} has no {resource}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(bytes, type, IsCompressed: bytes is [0x1f, 0x8b, ..], $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
    });

    internal sealed record Asset(byte[] Bytes, string ContentType, bool IsCompressed, string Tag);
}
