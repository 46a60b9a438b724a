using System.Diagnostics.Metrics;

namespace Maydon.Kernel.Jobs;

/// <summary>What scheduled jobs show of themselves: <c>maydon.jobs.*</c>.</summary>
public sealed class JobMeters
{
    private readonly Histogram<double> _duration;

    public JobMeters(IMeterFactory meters) =>
        _duration = meters.Create("Maydon.Kernel.Jobs").CreateHistogram<double>("maydon.jobs.duration", "ms", "How long a job ran, by name and success.");

    public void Ran(string name, TimeSpan duration, bool succeeded) => _duration.Record(duration.TotalMilliseconds, new("job", name), new("succeeded", succeeded));
}
