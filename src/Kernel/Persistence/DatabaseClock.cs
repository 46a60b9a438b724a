namespace Maydon.Kernel.Persistence;

public static class DatabaseClock
{
    /// <summary>Now, cut to the microseconds that PostgreSQL keeps, so that a value reads back as it was written.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
