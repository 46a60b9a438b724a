namespace Maydon.Kernel.Jobs;

/// <summary>Whether this process works off the outbox and the schedule by itself. Off, somebody calls the worker and the jobs: the tests do.</summary>
public sealed record BackgroundWork(bool IsOn);
