using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>The caller's cart is changed with those of all who want that at the same moment.</summary>
internal sealed class ChangePostgresCart(CallersCart carts, CartClaims claims) : ICartChanges
{
    public Task<CartOutcome> AddAsync(long variantId, int quantity, HttpContext context) => PutAsync(CartWish.Add, variantId, quantity, context);

    public Task<CartOutcome> SetAsync(long variantId, int quantity, HttpContext context) =>
        quantity == 0 ? RemoveAsync(variantId, context) : PutAsync(CartWish.Set, variantId, quantity, context);

    public Task<CartOutcome> RemoveAsync(long variantId, HttpContext context) => ChangeAsync(CartWish.Remove, variantId, quantity: 0, context);

    public Task<CartOutcome> EmptyAsync(HttpContext context) => ChangeAsync(CartWish.Empty, variantId: 0, quantity: 0, context);

    private async Task<CartOutcome> PutAsync(CartWish wish, long variantId, int quantity, HttpContext context)
    {
        // A stranger is made known only for what can be done, and before it is done, as it is stored under their name.
        if (carts.Owner is null
            && (CartRefusals.Find(await carts.FindAsync(context.RequestAborted, variantId), variantId, quantity) ?? await carts.SeeToOwnerAsync(context.RequestAborted)) is { } refusal)
            return refusal;
        var outcome = await ChangeAsync(wish, variantId, quantity, context);
        if (outcome.Cart is not null)
            carts.RememberGuest();
        return outcome;
    }

    private async Task<CartOutcome> ChangeAsync(CartWish wish, long variantId, int quantity, HttpContext context)
    {
        if (carts.Owner is not { } owner)
            return await carts.FindAsync(context.RequestAborted);
        var request = new CartRequest(wish, owner, carts.LeftBehind, variantId, quantity);
        while (true)
        {
            var outcome = await claims.DecideAsync(request, context);
            if (outcome.Refusal != CartClaims.Unready)
                return outcome;
            // Looking at it makes it ready.
            await carts.FindAsync(context.RequestAborted);
        }
    }
}
