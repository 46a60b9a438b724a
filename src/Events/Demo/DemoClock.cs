namespace Maydon.Events.Demo;

/// <summary>Lets what the demo tells of the past have happened then.</summary>
internal sealed class DemoClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
