using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Maydon.Shop.Carts.InPostgres;

internal enum CartWish
{
    /// <summary>So many more.</summary>
    Add,

    /// <summary>So many.</summary>
    Set,

    /// <summary>None of this.</summary>
    Remove,

    /// <summary>Nothing at all.</summary>
    Empty,
}

/// <summary>Somebody wants to change their cart.</summary>
/// <param name="LeftBehind">See <see cref="CallersCart.LeftBehind"/>: while there is a cart of theirs, nothing is decided.</param>
internal sealed record CartRequest(CartWish Wish, CartOwner Owner, CartOwner? LeftBehind, long VariantId, int Quantity)
{
    public Recording<CartOutcome>? Recording { get; init; }
}

/// <summary>
/// Changes of carts in PostgreSQL, made together by all who want one at the same moment: they share the reading of what they want, which is often the same thing,
/// and the commit. They have a lane of their own: carts take nothing from the stock, so they neither wait for whoever has locked it nor keep orders waiting
/// when somebody has locked a cart.
/// </summary>
internal sealed class CartClaims([FromKeyedServices(CartServices.Lane)] ClaimQueue queue, MaydonSettings settings, IOptions<JsonOptions> json)
    : ClaimHandler<CartRequest, CartOutcome>(queue)
{
    /// <summary>Not decided: a cart of the caller's must be merged first, or has become an order and must be emptied. No answer that is kept.</summary>
    public static readonly Problem Unready = Problem.Unavailable(ClaimQueue.RetryAfter);

    private static readonly CartOutcome s_unavailable = Problem.Unavailable(ClaimQueue.RetryAfter);

    /// <summary>None is ever taken.</summary>
    public override string ClaimKind => "cart";

    /// <summary>For a request of the API, with its <c>Idempotency-Key</c> if it carries one.</summary>
    public async Task<CartOutcome> DecideAsync(CartRequest request, HttpContext context)
    {
        if (IdempotencyTicket.Of(context) is { } ticket)
        {
            request = request with
            {
                Recording = new Recording<CartOutcome>(ticket, outcome => outcome.Refusal is { } refusal
                    ? StoredAnswer.Of(refusal, ticket)
                    : StoredAnswer.Of(StatusCodes.Status200OK, CartAnswer.Of(outcome.Cart!, settings, ticket.Language), json.Value.SerializerOptions)),
            };
        }

        return (await SubmitAsync(request, context.RequestAborted)).Result ?? s_unavailable;
    }

    public override IEnumerable<PoolKey> PoolsOf(CartRequest request) => [];

    public override CartRound BeginRound(IReadOnlyList<CartRequest> requests) => new(requests);
}
