using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Maydon.Shop.Carts.InRedis;

/// <summary>
/// Reads what the cart stands for in PostgreSQL, then changes it in Redis. Under an <c>Idempotency-Key</c> that happens within the transaction of the answer.
/// </summary>
internal sealed class ChangeRedisCart(CallersCart carts, RedisCarts store) : ICartChanges
{
    public Task<CartOutcome> AddAsync(long variantId, int quantity, HttpContext context) => PutAsync(variantId, quantity, adds: true, context.RequestAborted);

    public Task<CartOutcome> SetAsync(long variantId, int quantity, HttpContext context) =>
        quantity == 0 ? RemoveAsync(variantId, context) : PutAsync(variantId, quantity, adds: false, context.RequestAborted);

    public async Task<CartOutcome> RemoveAsync(long variantId, HttpContext context)
    {
        var found = await carts.FindAsync(context.RequestAborted);
        if (found.Cart is null)
            return found;
        return await carts.FillAsync(await store.RemoveAsync(found.Cart.Owner, variantId, context.RequestAborted), found.Variants, context.RequestAborted);
    }

    public async Task<CartOutcome> EmptyAsync(HttpContext context)
    {
        var found = await carts.FindAsync(context.RequestAborted);
        if (found.Cart is not null)
            await store.EmptyAsync(found.Cart.Owner, context.RequestAborted);
        return found with { Cart = null };
    }

    private async Task<CartOutcome> PutAsync(long variantId, int quantity, bool adds, CancellationToken cancellationToken)
    {
        var found = await carts.FindAsync(cancellationToken, variantId);
        if (CartRefusals.Find(found, variantId, quantity) is { } impossible)
            return impossible;
        if (await carts.SeeToOwnerAsync(cancellationToken) is { } stranger)
            return stranger;
        var variant = found.Variants[variantId];
        var change = await store.PutAsync(
            carts.Owner!, new CartLine(variantId, quantity, variant.Price), adds ? CartRefusals.LimitOf(variant) : CartLimits.MostOfOne, adds, cancellationToken);
        switch (change.Refusal)
        {
            case PutRefusal.Full:
                return CartRefusals.Full();
            case PutRefusal.OverLimit:
                return CartRefusals.OverLimit(variant);
        }

        carts.RememberGuest();
        return await carts.FillAsync(change.Cart, found.Variants, cancellationToken);
    }
}
