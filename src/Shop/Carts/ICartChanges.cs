using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Shop.Stock;
using Microsoft.AspNetCore.Http;

namespace Maydon.Shop.Carts;

/// <summary>The cart as it is after the change, or why it stayed as it was, or the answer that was given before.</summary>
internal sealed record CartOutcome(FilledCart? Cart, Problem? Refusal, RepeatedAnswer? Repeated)
{
    public static implicit operator CartOutcome(Problem refusal) => new(Cart: null, refusal, Repeated: null);

    public static implicit operator CartOutcome(FilledCart cart) => new(cart, Refusal: null, Repeated: null);

    public static CartOutcome From(IResult known) => known as Problem ?? new CartOutcome(Cart: null, Refusal: null, new RepeatedAnswer(known));
}

/// <summary>
/// What people do to their own carts. Every change is atomic: nothing is lost of what comes at the same time, and a refusal opens no cart and makes no guest.
/// </summary>
internal interface ICartChanges
{
    /// <summary>Adds so many to what is in the cart.</summary>
    Task<CartOutcome> AddAsync(long variantId, int quantity, HttpContext context);

    /// <summary>From now on there are so many; none takes it out.</summary>
    Task<CartOutcome> SetAsync(long variantId, int quantity, HttpContext context);

    /// <summary>What is not in the cart is out of it already.</summary>
    Task<CartOutcome> RemoveAsync(long variantId, HttpContext context);

    Task<CartOutcome> EmptyAsync(HttpContext context);
}

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
