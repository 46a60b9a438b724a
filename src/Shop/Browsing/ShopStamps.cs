using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;
using Maydon.Shop.Reviews;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Browsing;

/// <summary>What is written of categories, products and variants, and as their levels the stock and the stars of products.</summary>
internal sealed class ShopStamps(ClusterSignals signals, ChangeLog log, StockChanges stock, StarChanges stars) : ReadStamps(signals, log, "shop.written", stock, stars);
