using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>The request carries an <c>Idempotency-Key</c>: its first answer is stored with what it tells.</summary>
public sealed record Recording<TDecision>(IdempotencyTicket Ticket, Func<TDecision, StoredAnswer> Write);

/// <summary>What an earlier request with the same <c>Idempotency-Key</c> was answered.</summary>
public sealed class RepeatedAnswer(IResult answer) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => answer.ExecuteAsync(httpContext);
}
