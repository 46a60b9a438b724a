namespace Maydon.Kernel.Operations;

/// <summary>Lets what the demo tells of the past have happened then.</summary>
public sealed class DemoClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
