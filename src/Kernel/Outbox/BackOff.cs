using System.Security.Cryptography;

namespace Maydon.Kernel.Outbox;

/// <summary>How long what failed waits until it is tried again.</summary>
public static class BackOff
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>15 s, doubled each time up to an hour, a fifth more or less so that failures do not come back as one wave.</summary>
    /// <param name="attempt">From 1: the one that failed.</param>
    public static TimeSpan After(int attempt)
    {
        var wait = Math.Min(s_longest.TotalMilliseconds, s_first.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(wait * RandomNumberGenerator.GetInt32(80, 121) / 100);
    }
}
