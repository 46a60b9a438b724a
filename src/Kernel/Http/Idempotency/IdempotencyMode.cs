namespace Maydon.Kernel.Http.Idempotency;

/// <summary>What an endpoint says of itself when it differs from the rest; <see cref="IdempotencyConventions"/> sets it.</summary>
internal sealed class IdempotencyMode
{
    public static readonly IdempotencyMode None = new();
    public static readonly IdempotencyMode RecordsOwnAnswer = new();
}
