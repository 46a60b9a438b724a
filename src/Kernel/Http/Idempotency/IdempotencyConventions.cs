using Microsoft.AspNetCore.Builder;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>Every change of a signed-in caller honours <c>Idempotency-Key</c>; these are the two exceptions.</summary>
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
}
