using Maydon.Kernel.Http;

namespace Maydon.Shop.Carts;

/// <summary>Puts things into the caller's cart, or says how many of them there are to be. The cart after it, or why it stayed as it was.</summary>
internal sealed class ChangeCart(CallersCart carts, ICartStore store)
{
    public Task<(FilledCart? Cart, Problem? Refusal)> AddAsync(long variantId, int quantity, CancellationToken cancellationToken) =>
        PutAsync(variantId, quantity, adds: true, cancellationToken);

    /// <param name="quantity">None takes it out.</param>
    public Task<(FilledCart? Cart, Problem? Refusal)> SetAsync(long variantId, int quantity, CancellationToken cancellationToken) =>
        quantity == 0 ? RemoveAsync(variantId, cancellationToken) : PutAsync(variantId, quantity, adds: false, cancellationToken);

    /// <summary>What is not in the cart is out of it already.</summary>
    public async Task<(FilledCart? Cart, Problem? Refusal)> RemoveAsync(long variantId, CancellationToken cancellationToken)
    {
        var found = await carts.FindAsync(cancellationToken);
        if (found.Cart is null)
            return (found, null);
        return (await carts.FillAsync(await store.RemoveAsync(found.Cart.Owner, variantId, cancellationToken), found.Variants, cancellationToken), null);
    }

    public async Task<(FilledCart? Cart, Problem? Refusal)> EmptyAsync(CancellationToken cancellationToken)
    {
        var found = await carts.FindAsync(cancellationToken);
        if (found.Cart is not null)
            await store.EmptyAsync(found.Cart.Owner, cancellationToken);
        return (found with { Cart = null }, null);
    }

    private async Task<(FilledCart? Cart, Problem? Refusal)> PutAsync(long variantId, int quantity, bool adds, CancellationToken cancellationToken)
    {
        var found = await carts.FindAsync(cancellationToken, variantId);
        if (found.Variants.GetValueOrDefault(variantId) is not { IsSold: true } variant)
            return (null, Problem.NotFound("variant_not_found"));
        if (CartAnswer.CurrencyOf(found, except: variantId) is { } currency && currency != variant.Currency)
            return (null, Problem.Conflict("currency_mismatch"));
        if (quantity > variant.Available)
            return (null, OutOfStock(variant));

        var line = new CartLine(variantId, quantity, variant.Price);
        if (await carts.SeeToOwnerAsync(cancellationToken) is { } refusal)
            return (null, refusal);
        var owner = carts.Owner!;
        var change = adds
            ? await store.AddAsync(owner, line, Math.Min(variant.Available, CartLimits.MostOfOne), cancellationToken)
            : await store.SetAsync(owner, line, cancellationToken);
        switch (change.Refusal)
        {
            case CartRefusal.Full:
                return (null, Problem.Conflict("cart_full", CartLimits.MostLines));
            case CartRefusal.OverLimit:
                return (null, variant.Available < CartLimits.MostOfOne ? OutOfStock(variant) : Problem.Conflict("quantity_limit", CartLimits.MostOfOne));
        }

        carts.RememberGuest();
        return (await carts.FillAsync(change.Cart, found.Variants, cancellationToken), null);
    }

    private static Problem OutOfStock(CartVariant variant) => Problem.Conflict("out_of_stock", variant.Sku, variant.Available);
}
