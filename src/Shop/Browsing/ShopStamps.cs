using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Browsing;

/// <summary>What is written of categories, products, variants and reviews, and the stock of products.</summary>
internal sealed class ShopStamps(ClusterSignals signals, ChangeLog log, StockChanges stock) : ReadStamps(signals, log, "shop.written", stock);
