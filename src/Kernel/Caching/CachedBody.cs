using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Caching;

/// <summary>A serialised answer with its entity tag.</summary>
/// <param name="ForStrangers">Some may be shown more than this.</param>
public sealed record CachedBody(byte[] Json, string Tag, bool ForStrangers)
{
    /// <summary>Browsers keep nothing of it either.</summary>
    public bool IsConfidential { get; init; }

    /// <param name="version">Stands in front in the tag, for whoever sends it back in <c>If-Match</c>.</param>
    public static CachedBody Of<T>(T value, JsonSerializerOptions options, bool forStrangers = false, string? version = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, options);
        var hash = Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 12));
        return new CachedBody(json, version is null ? $"\"{hash}\"" : $"\"{version}-{hash}\"", forStrangers);
    }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        // Kept by whoever likes, but asked for again every time: with the tag that costs no body. What somebody is told who is signed in is for them alone.
        response.Headers.CacheControl = IsConfidential ? "private, no-store" : ForStrangers || context.User.Identity?.IsAuthenticated is true ? "private, no-cache" : "no-cache";
        response.Headers.ETag = Tag;
        if (Matches(context.Request.Headers.IfNoneMatch))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Json.Length;
        return response.Body.WriteAsync(Json.AsMemory(), context.RequestAborted).AsTask();
    }

    private bool Matches(Microsoft.Extensions.Primitives.StringValues tags)
    {
        foreach (var line in tags)
        {
            foreach (var tag in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag) == Tag)
                    return true;
            }
        }

        return false;
    }
}
