using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Throttling;

/// <summary>How many requests have come since the start, for work that gives way to them.</summary>
internal sealed class RequestCount
{
    private long _total;

    public long Total => Volatile.Read(ref _total);

    public void Add() => Interlocked.Increment(ref _total);
}

/// <summary>The first thing that happens to a request.</summary>
internal sealed class CountRequests(RequestDelegate next, RequestCount count)
{
    public Task InvokeAsync(HttpContext context)
    {
        count.Add();
        return next(context);
    }
}
