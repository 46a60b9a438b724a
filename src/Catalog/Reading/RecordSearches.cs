using Maydon.Kernel.Caching;

namespace Maydon.Catalog.Reading;

/// <summary>What is known of how many records filters find, and where those wait that no index answers.</summary>
internal sealed class RecordSearches(CatalogStamps stamps, TimeProvider clock) : IDisposable
{
    private const long CountBytes = 4 << 20;

    public StampedCache<RecordCount> Counts { get; } = new(CountBytes, stamps, clock);

    public SearchQueue Queue { get; } = new();

    /// <summary>Null for what an index answers.</summary>
    public SearchQueue? QueueFor(RecordFilter filter, RecordOrder order) => filter.IsSearch || !order.IsIndexed ? Queue : null;

    public void Dispose()
    {
        Counts.Dispose();
        Queue.Dispose();
    }
}

internal sealed record RecordCount(long Value);
