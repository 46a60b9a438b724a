using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Maydon.Kernel.Caching;

/// <summary>
/// The whole answers of a module, kept as the bytes that go out, by the exact address that was asked for (it is part of the links in them).
/// </summary>
public abstract class CachedReads(ReadStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : IDisposable
{
    private const long MostBytes = 48 << 20;

    private readonly StampedCache<CachedBody> _bodies = new(MostBytes, stamps, clock);

    /// <summary>The answer if it is kept, current, and for this caller.</summary>
    public CachedBody? Find(HttpContext context) =>
        _bodies.Find(Key(context)) is { } body && IsFor(body, context) ? body : null;

    internal ValueTask CatchUpAsync() => stamps.CatchUpAsync();

    /// <summary>Who is asked for by <see cref="Fresh{T}.ForStrangers"/>: whoever is signed in, unless a module knows better.</summary>
    protected virtual bool MayBeShownMore(HttpContext context) => context.User.Identity?.IsAuthenticated is true;

    /// <summary>The answer that <paramref name="read"/> makes, unless it is kept; null when it makes none.</summary>
    public Task<CachedAnswer<T>?> GetAsync<T>(HttpContext context, Func<CancellationToken, Task<Fresh<T>?>> read, CancellationToken cancellationToken) where T : class =>
        GetAsync(context, queue: null, read, cancellationToken);

    /// <summary>The same for what has to wait in a queue before it is read; null also when too many wait there and nothing good is kept.</summary>
    public async Task<CachedAnswer<T>?> GetAsync<T>(HttpContext context, SearchQueue? queue, Func<CancellationToken, Task<Fresh<T>?>> read, CancellationToken cancellationToken) where T : class
    {
        var body = await _bodies.GetAsync(Key(context), queue, async (_, token) => await read(token) is { } fresh ? Serialise(fresh) : null, cancellationToken);
        return body is null ? null : new CachedAnswer<T>(body, IsFor(body, context));
    }

    public void Dispose()
    {
        _bodies.Dispose();
        GC.SuppressFinalize(this);
    }

    private Fresh<CachedBody> Serialise<T>(Fresh<T> fresh)
    {
        var body = CachedBody.Of(fresh.Value, json.Value.SerializerOptions, fresh.ForStrangers, fresh.Version) with { IsConfidential = fresh.IsConfidential };
        return new Fresh<CachedBody>(body, body.Json.Length, fresh.Until, fresh.SubjectIds) { RenewAt = fresh.RenewAt };
    }

    private bool IsFor(CachedBody body, HttpContext context) => !body.ForStrangers || !MayBeShownMore(context);

    /// <summary>The same for callers who are shown the same.</summary>
    protected virtual string Key(HttpContext context)
    {
        var request = context.Request;
        // The path is decoded, and may have a question mark of its own: its length says where the query begins.
        return string.Create(CultureInfo.InvariantCulture, $"{request.Path.Value?.Length} {request.Scheme}://{request.Host.Value}{request.PathBase.Value}{request.Path.Value}{request.QueryString.Value}");
    }
}

/// <summary>200 with a body that is serialised already.</summary>
public sealed class CachedAnswer<T>(CachedBody body, bool isWhole) : IResult, IEndpointMetadataProvider
{
    /// <summary>Whether it is all that the caller may see.</summary>
    public bool IsWhole => isWhole;

    public Task ExecuteAsync(HttpContext httpContext) => body.WriteAsync(httpContext);

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status304NotModified));
    }
}

public static class CachedReadConventions
{
    /// <summary>Answers from memory before the parameters are even read; what is not there goes on to the handler.</summary>
    public static RouteGroupBuilder WithCachedReads<TReads>(this RouteGroupBuilder builder) where TReads : CachedReads
    {
        ((IEndpointConventionBuilder)builder).Add(endpoint =>
        {
            var handler = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                var reads = context.RequestServices.GetRequiredService<TReads>();
                var caughtUp = reads.CatchUpAsync();
                return caughtUp.IsCompletedSuccessfully ? AnswerAsync(reads, context, handler) : AnswerLaterAsync(caughtUp, reads, context, handler);
            };
        });
        return builder;
    }

    private static Task AnswerAsync(CachedReads reads, HttpContext context, RequestDelegate handler) =>
        reads.Find(context) is { } body ? body.WriteAsync(context) : handler(context);

    private static async Task AnswerLaterAsync(ValueTask caughtUp, CachedReads reads, HttpContext context, RequestDelegate handler)
    {
        await caughtUp;
        await AnswerAsync(reads, context, handler);
    }
}
