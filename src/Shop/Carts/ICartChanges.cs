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
