using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>Every change of a signed-in caller honours <c>Idempotency-Key</c>; these are the exceptions.</summary>
public static class IdempotencyConventions
{
    /// <summary>
    /// The endpoint stores its first answer itself, through <see cref="IdempotencyStore"/> in the transaction of its effect, because that
    /// runs on another connection than the request's. It finds its ticket by <see cref="IdempotencyTicket.Of"/>; known answers never reach it.
    /// </summary>
    public static TBuilder RecordsOwnAnswer<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(IdempotencyMode.RecordsOwnAnswer);

    /// <summary>Answers that hold a secret (a token, a password) are never stored: the key is ignored.</summary>
    public static TBuilder WithoutIdempotency<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(IdempotencyMode.None);

    /// <summary>
    /// What takes long and touches no table, such as a file that has to come and to be looked at, is done before the transaction of a key begins and holds a
    /// connection. The endpoint finds what was received among the features of the request; without a key it receives by itself.
    /// </summary>
    /// <param name="receive">Null when received; else the answer, which is not stored.</param>
    public static TBuilder ReceivesBeforehand<TBuilder>(this TBuilder builder, Func<HttpContext, Task<IResult?>> receive) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ReceiveBeforehand(receive));
}

/// <summary>See <see cref="IdempotencyConventions.ReceivesBeforehand{TBuilder}"/>.</summary>
internal sealed record ReceiveBeforehand(Func<HttpContext, Task<IResult?>> ReceiveAsync);
