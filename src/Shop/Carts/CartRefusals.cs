using Maydon.Kernel.Http;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Carts;

/// <summary>Why something does not go into a cart, wherever carts lie.</summary>
internal static class CartRefusals
{
    /// <summary>Null when the cart may have so many of the variant, as far as that can be said without what is in it of the same already.</summary>
    public static Problem? Find(FilledCart cart, long variantId, int quantity)
    {
        if (cart.Variants.GetValueOrDefault(variantId) is not { IsSold: true } variant)
            return Problem.NotFound("variant_not_found");
        if (CartAnswer.CurrencyOf(cart, except: variantId) is { } currency && currency != variant.Currency)
            return Problem.Conflict("currency_mismatch");
        return quantity > variant.Available ? OutOfStock(variant) : null;
    }

    /// <summary>The most that a cart may have of it.</summary>
    public static int LimitOf(CartVariant variant) => Math.Min(variant.Available, CartLimits.MostOfOne);

    /// <summary>More than <see cref="LimitOf"/>.</summary>
    public static Problem OverLimit(CartVariant variant) =>
        variant.Available < CartLimits.MostOfOne ? OutOfStock(variant) : Problem.Conflict("quantity_limit", CartLimits.MostOfOne);

    /// <summary>No further line has room.</summary>
    public static Problem Full() => Problem.Conflict("cart_full", CartLimits.MostLines);

    private static Problem OutOfStock(CartVariant variant) => VariantStock.Short(variant.ProductName, variant.Sku, variant.Available);
}
