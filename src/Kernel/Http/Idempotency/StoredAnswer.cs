using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>An answer as it went, or will go, over the wire.</summary>
public sealed record StoredAnswer(int Status, string? ContentType, string? Location, byte[] Body) : IResult
{
    /// <summary>Whoever lost the first answer goes on with the repeat's, and guards the next change with it.</summary>
    public string? ETag { get; init; }

    /// <param name="json">The options of the API: <c>IOptions&lt;JsonOptions&gt;.Value.SerializerOptions</c>.</param>
    public static StoredAnswer Of<T>(int status, T body, JsonSerializerOptions json, string? location = null) =>
        new(status, "application/json; charset=utf-8", location, JsonSerializer.SerializeToUtf8Bytes(body, json));

    /// <summary>A refusal in the language of the ticket.</summary>
    public static StoredAnswer Of(Problem problem, IdempotencyTicket ticket) =>
        new(problem.StatusCode, Problem.ContentType, Location: null, JsonSerializer.SerializeToUtf8Bytes(problem.ToBody(traceId: null, ticket.Language), ProblemJson.Readable.ProblemBody));

    /// <summary>
    /// What is kept for 24 hours: never a fault of the server, nor an answer that only says "not now" or "not like this". After a 412 the caller reads once more
    /// and sends the same change with another <c>If-Match</c>, which is no part of what a key stands for.
    /// </summary>
    public static bool IsWorthKeeping(int status) => status is (>= 200 and < 300) or (>= 400 and < 500 and not (401 or 412 or 422 or 429));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (Location is not null)
            response.Headers.Location = Location;
        if (ETag is not null)
            response.Headers.ETag = ETag;
        if (Body.Length == 0)
            return Task.CompletedTask;
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, httpContext.RequestAborted).AsTask();
    }

    /// <summary>The same answer once more, marked <c>Idempotency-Replayed: true</c>.</summary>
    internal IResult Again() => new Replay(this);

    private sealed class Replay(StoredAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers["Idempotency-Replayed"] = "true";
            return answer.ExecuteAsync(httpContext);
        }
    }
}
