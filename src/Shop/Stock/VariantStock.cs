using Maydon.Inventory;
using Maydon.Kernel.Http;

namespace Maydon.Shop.Stock;

/// <summary>The stock of a variant is a pool: its capacity is all that ever came in, what is taken is sold or held, and what is left can be bought.</summary>
internal static class VariantStock
{
    public const string PoolKind = "variant";

    public static PoolKey Of(long variantId) => new(PoolKind, variantId);

    /// <summary>409 <c>out_of_stock</c>: people are told the name of the product, programs the <c>sku</c> and how many are <c>available</c>.</summary>
    public static Problem Short(string product, string sku, int available)
    {
        var refusal = Problem.Conflict("out_of_stock", product, available).With("sku", sku).With("available", available);
        return available > 0 ? refusal : refusal.Saying("out_of_stock_none");
    }
}
