using System.Security.Cryptography;

namespace Maydon.Kernel.Outbox;

/// <summary>How long a failed message waits: 15 s, doubled each time up to an hour, a fifth more or less so that failures do not come back as one wave.</summary>
internal static class OutboxBackOff
{
    /// <summary>About eight hours: a mail provider's bad night is survived.</summary>
    public const int MaxAttempts = 16;
    public const int MaxAttemptsIfPermanent = 3;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>Null when it has been tried often enough.</summary>
    public static TimeSpan? After(int attempt, Exception failure)
    {
        if (attempt >= (failure is PermanentDeliveryException ? MaxAttemptsIfPermanent : MaxAttempts))
            return null;
        var wait = Math.Min(s_longest.TotalMilliseconds, s_first.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(wait * RandomNumberGenerator.GetInt32(80, 121) / 100);
    }
}
