using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Maydon.Inventory.Claims.Writing;

/// <summary>What a writer shows of itself: <c>maydon.claims.*</c>, tagged with its lane.</summary>
internal sealed class ClaimMeters
{
    public const string Name = "Maydon.Inventory";

    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _lockTime;
    private readonly Histogram<double> _commitTime;
    private readonly Counter<long> _failures;

    public ClaimMeters(IMeterFactory meters, ClaimQueue queue, string lane)
    {
        var meter = meters.Create(new MeterOptions(Name) { Tags = [new("lane", lane)] });
        meter.CreateObservableGauge("maydon.claims.queue_depth", () => queue.Count, "{request}", "Requests that wait for the claim writer.");
        _batchSize = meter.CreateHistogram<int>("maydon.claims.batch_size", "{request}", "Requests decided in one transaction.");
        _lockTime = meter.CreateHistogram<double>("maydon.claims.lock_time", "ms", "Locking the pools of a batch and reading what it needs.");
        _commitTime = meter.CreateHistogram<double>("maydon.claims.commit_time", "ms", "Writing and committing a batch.");
        _failures = meter.CreateCounter<long>("maydon.claims.failed_batches", "{batch}", "Batches that failed and were tried again, whole or in parts.");
    }

    public void Batch(int size) => _batchSize.Record(size);

    public void Locked(long since) => _lockTime.Record(Stopwatch.GetElapsedTime(since).TotalMilliseconds);

    public void Committed(long since) => _commitTime.Record(Stopwatch.GetElapsedTime(since).TotalMilliseconds);

    public void Failed() => _failures.Add(1);
}
