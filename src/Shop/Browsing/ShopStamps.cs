using Maydon.Kernel.Caching;
using Maydon.Kernel.Signals;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Browsing;

/// <summary>What is written of categories, products, variants and reviews, and the stock of products.</summary>
internal sealed class ShopStamps(ClusterSignals signals, StockChanges stock) : ReadStamps(signals, "shop.written", stock);
