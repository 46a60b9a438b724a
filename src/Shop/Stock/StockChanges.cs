using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;

namespace Maydon.Shop.Stock;

/// <summary>Of which products the stock has changed (ids of products, not of variants: that is what pages show).</summary>
internal sealed class StockChanges(ClusterSignals signals, ChangeLog log) : LevelChanges(signals, log, "shop.stock");
