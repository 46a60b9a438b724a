namespace Maydon.Kernel.Outbox;

/// <summary>How long a failed message waits, and how often it is tried.</summary>
internal static class OutboxBackOff
{
    /// <summary>About eight hours: a mail provider's bad night is survived.</summary>
    public const int MaxAttempts = 16;
    public const int MaxAttemptsIfPermanent = 3;

    /// <summary>Null when it has been tried often enough.</summary>
    public static TimeSpan? After(int attempt, Exception failure) =>
        attempt >= (failure is PermanentDeliveryException ? MaxAttemptsIfPermanent : MaxAttempts) ? null : BackOff.After(attempt);
}
