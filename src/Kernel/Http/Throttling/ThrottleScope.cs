using System.Collections.Concurrent;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Http.Throttling;

/// <summary>
/// The counters of one scope, in fixed windows. Memory is bounded: windows that are over are dropped as others come, and a flood of
/// keys pushes out those that counted least, never one that has come far.
/// </summary>
internal sealed class ThrottleScope
{
    public const int MostWindows = 100_000;
    private const int FewWindows = 1024;

    private readonly ConcurrentDictionary<UInt128, Window> _windows = new();
    private readonly Lock _sweeping = new();
    private int _count;
    private int _sweepAt = FewWindows;

    /// <summary>Adds one and returns null, or, when the limit is reached, adds nothing and returns how long to wait.</summary>
    public TimeSpan? Count(UInt128 key, Rate rate, DateTimeOffset now)
    {
        while (true)
        {
            if (!_windows.TryGetValue(key, out var window))
            {
                window = new Window { Ends = now + rate.Window };
                if (!_windows.TryAdd(key, window))
                    continue;
                if (Interlocked.Increment(ref _count) >= Volatile.Read(ref _sweepAt))
                    Sweep(now);
            }

            lock (window)
            {
                // Swept meanwhile: what is counted here would be forgotten.
                if (window.IsDropped)
                    continue;
                if (window.Ends <= now)
                    (window.Ends, window.Count) = (now + rate.Window, 0);
                if (window.Count >= rate.Limit)
                    return window.Ends - now;
                window.Count++;
                return null;
            }
        }
    }

    public void Refund(UInt128 key)
    {
        if (!_windows.TryGetValue(key, out var window))
            return;
        lock (window)
            window.Count = Math.Max(0, window.Count - 1);
    }

    public void Reset(UInt128 key)
    {
        if (_windows.TryGetValue(key, out var window))
            Drop(key, window, _ => true);
    }

    internal int Size => _windows.Count;

    private void Sweep(DateTimeOffset now)
    {
        if (!_sweeping.TryEnter())
            return;
        try
        {
            foreach (var (key, window) in _windows)
                Drop(key, window, each => each.Ends <= now);
            if (Volatile.Read(ref _count) > MostWindows / 2)
                DropTheLeast();
            Volatile.Write(ref _sweepAt, Math.Min(MostWindows, Math.Max(FewWindows, 2 * Volatile.Read(ref _count))));
        }
        finally
        {
            _sweeping.Exit();
        }
    }

    /// <summary>Down to a quarter of what there may be, so that it is done rarely however many come.</summary>
    private void DropTheLeast()
    {
        // The counts go on changing: they are read once, or no order would hold.
        var least = _windows.Select(pair => (pair.Value.Count, pair.Key, Window: pair.Value)).OrderBy(window => window.Count).ToArray();
        foreach (var (_, key, window) in least.AsSpan(0, Math.Max(0, least.Length - (MostWindows / 4))))
            Drop(key, window, _ => true);
    }

    private void Drop(UInt128 key, Window window, Func<Window, bool> condition)
    {
        lock (window)
        {
            if (window.IsDropped || !condition(window))
                return;
            window.IsDropped = true;
            _windows.TryRemove(new KeyValuePair<UInt128, Window>(key, window));
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Window
    {
        public DateTimeOffset Ends { get; set; }
        public int Count { get; set; }
        public bool IsDropped { get; set; }
    }
}
