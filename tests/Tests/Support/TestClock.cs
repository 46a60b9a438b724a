namespace Maydon.Tests.Support;

/// <summary>A clock that goes on by itself, unless it is stopped, and can be moved. Timers and delays stay real.</summary>
public sealed class TestClock : TimeProvider
{
    private long _offsetTicks;
    private long _stoppedAtTicks;

    public override DateTimeOffset GetUtcNow() =>
        (Interlocked.Read(ref _stoppedAtTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : base.GetUtcNow()).AddTicks(Interlocked.Read(ref _offsetTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offsetTicks, by.Ticks);

    /// <summary>From now on it only goes when it is moved: for what changes within seconds, which a busy machine may take for one request.</summary>
    public void Stop() => Interlocked.Exchange(ref _stoppedAtTicks, base.GetUtcNow().Ticks);
}
