using Maydon.Kernel.Caching;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;

namespace Maydon.Shop.Reviews;

/// <summary>Of which products the stars have changed.</summary>
internal sealed class StarChanges(ClusterSignals signals, ChangeLog log) : LevelChanges(signals, log, "shop.stars")
{
    /// <summary>Stands for all products, for what is found, ordered or counted by their stars. No product has this id.</summary>
    public const long OfAny = 0;

    /// <summary>Part of every transaction that writes a review.</summary>
    public Task ChangedAsync(DbSession session, long productId, CancellationToken cancellationToken) => ChangedAsync(session, [OfAny, productId], cancellationToken);
}
