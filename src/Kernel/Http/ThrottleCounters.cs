using System.Collections.Concurrent;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Http;

/// <summary>Counts what may happen only so often, per scope and key, in fixed windows.</summary>
public sealed class ThrottleCounters(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Scope, string Key), Window> _windows = new();

    /// <summary>Counts one and returns null, or, when the limit is reached, counts nothing and returns how long to wait.</summary>
    public ValueTask<TimeSpan?> HitAsync(string scope, string key, Rate rate, CancellationToken cancellationToken) => ValueTask.FromResult(Count(scope, key, rate, 1));

    /// <summary>How long to wait if the limit is reached; counts nothing.</summary>
    public ValueTask<TimeSpan?> PeekAsync(string scope, string key, Rate rate, CancellationToken cancellationToken) => ValueTask.FromResult(Count(scope, key, rate, 0));

    /// <summary>Takes back one that was counted before it was known to be harmless. Its window goes on.</summary>
    public ValueTask RefundAsync(string scope, string key, CancellationToken cancellationToken)
    {
        if (_windows.TryGetValue((scope, key), out var window))
        {
            lock (window)
                window.Count = Math.Max(0, window.Count - 1);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets everything counted under the key.</summary>
    public ValueTask ResetAsync(string scope, string key, CancellationToken cancellationToken)
    {
        _windows.TryRemove((scope, key), out _);
        return ValueTask.CompletedTask;
    }

    private TimeSpan? Count(string scope, string key, Rate rate, int amount)
    {
        var now = clock.GetUtcNow();
        var window = _windows.GetOrAdd((scope, key), _ => new Window());
        lock (window)
        {
            if (window.Ends <= now)
                (window.Ends, window.Count) = (now + rate.Window, 0);
            if (window.Count >= rate.Limit)
                return window.Ends - now;
            window.Count += amount;
            return null;
        }
    }

    private sealed class Window
    {
        public DateTimeOffset Ends { get; set; }
        public int Count { get; set; }
    }
}
