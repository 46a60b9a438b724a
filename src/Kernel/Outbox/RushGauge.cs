using System.Diagnostics;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Whether requests have to wait: for a thread, because there are many of them, or for a processor, because something else has it. Asks by
/// queueing up like a request does.
/// </summary>
internal static class RushGauge
{
    private const int Samples = 4;
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(5);

    /// <summary>A free thread takes a work item within some 20 µs.</summary>
    private static readonly TimeSpan s_thread = TimeSpan.FromMicroseconds(300);

    /// <summary>Timers are exact to a millisecond or two.</summary>
    private static readonly TimeSpan s_processor = TimeSpan.FromMilliseconds(5);

    /// <summary>Takes about 20 ms when there is none.</summary>
    public static async Task<bool> IsRushAsync(CancellationToken cancellationToken)
    {
        for (var sample = 0; sample < Samples; sample++)
        {
            var asleep = Stopwatch.GetTimestamp();
            await Task.Delay(s_apart, cancellationToken);
            if (Stopwatch.GetElapsedTime(asleep) > s_apart + s_processor)
                return true;
            var queued = Stopwatch.GetTimestamp();
            await Task.Yield();
            if (Stopwatch.GetElapsedTime(queued) > s_thread)
                return true;
        }

        return false;
    }
}
