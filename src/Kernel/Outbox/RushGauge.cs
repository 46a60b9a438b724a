using Maydon.Kernel.Http.Throttling;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Tells when so many requests come that mails should wait. It counts requests and not how busy the machine is: a backup or a build beside
/// the server is no reason to keep a mail back, and would be one for as long as it runs.
/// </summary>
internal sealed class RushGauge(RequestCount requests, TimeProvider clock)
{
    /// <summary>A small machine answers some thousands, and then every mail is felt.</summary>
    public const int RequestsPerSecond = 500;

    // Shorter says nothing of a rate.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(50);

    private long _lookedAt = clock.GetTimestamp();
    private long _seen = requests.Total;
    private bool _isRush;

    /// <summary>Since the last look; belongs to one caller.</summary>
    public bool IsRush()
    {
        var elapsed = clock.GetElapsedTime(_lookedAt);
        if (elapsed < s_shortest)
            return _isRush;
        var total = requests.Total;
        _isRush = total - _seen > RequestsPerSecond * elapsed.TotalSeconds;
        (_lookedAt, _seen) = (clock.GetTimestamp(), total);
        return _isRush;
    }
}
