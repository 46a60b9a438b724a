using System.Globalization;
using Maydon.Kernel.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Maydon.Catalog.Writing;

/// <summary>A record, or an image of one, as it was written, under the entity tag that its own address will answer with.</summary>
internal sealed class RecordAnswer<TItem>(TItem item, long version, string? createdAt = null) : IResult where TItem : class
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = CachedBody.Of(item, json, version: version.ToString(CultureInfo.InvariantCulture));
        var response = httpContext.Response;
        response.StatusCode = createdAt is null ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        if (createdAt is not null)
            response.Headers.Location = createdAt;
        response.Headers.ETag = body.Tag;
        response.ContentType = "application/json; charset=utf-8";
        return response.Body.WriteAsync(body.Json.AsMemory(), httpContext.RequestAborted).AsTask();
    }
}
