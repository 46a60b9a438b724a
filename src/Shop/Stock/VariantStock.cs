using Maydon.Inventory;

namespace Maydon.Shop.Stock;

/// <summary>The stock of a variant is a pool: its capacity is all that ever came in, what is taken is sold or held, and what is left can be bought.</summary>
internal static class VariantStock
{
    public const string PoolKind = "variant";

    public static PoolKey Of(long variantId) => new(PoolKind, variantId);
}
