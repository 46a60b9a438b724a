using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Shop.Payments;
using Microsoft.AspNetCore.Http;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>
/// Somebody wants to make an order, or to change one. What the round reads for it is named here before the pools are locked; the
/// decision is made under their locks, so that whoever comes second sees what the first did, on whichever node.
/// </summary>
/// <param name="VariantIds">Of all the lines that the order has or will have: whoever changes an order holds the stock of all of them.</param>
internal abstract record OrderRequest(IReadOnlyList<long> VariantIds)
{
    public Recording<OrderDecision>? Recording { get; init; }

    /// <summary>An order to be there when it is decided, with its lines, its payments and its claim.</summary>
    public virtual long? OrderId => null;

    /// <summary>The same by the claim that holds its stock.</summary>
    public virtual long? ClaimId => null;

    /// <summary>The cart of a new order: an order made from it before is there when it is decided, and what is known of the variants.</summary>
    public virtual Guid? CartRef => null;

    /// <summary>The guests' carts that were merged into that one: an order made from one of them is there too.</summary>
    public virtual IReadOnlyList<Guid> MergedCarts => [];

    /// <summary>Whose unpaid orders are counted; null for a request that makes none, or is not limited.</summary>
    public virtual LimitedBuyer? Buyer => null;

    /// <summary>What a payment provider told: whether it is known already is there when it is decided.</summary>
    public virtual PaymentNews? Event => null;

    /// <summary>How many payments it may add.</summary>
    public virtual int NewPayments => 0;

    public abstract OrderDecision Decide(OrderDesk desk);
}

/// <summary>Why not, or the order as it is stored now, or the answer that was given before.</summary>
internal sealed record OrderDecision(Problem? Refusal, OrderState? Order, RepeatedAnswer? Repeated)
{
    /// <summary>What was decided about, when it is a payment.</summary>
    public PaymentState? Payment { get; init; }

    public static implicit operator OrderDecision(Problem refusal) => new(refusal, Order: null, Repeated: null);

    public static implicit operator OrderDecision(OrderState order) => new(Refusal: null, order, Repeated: null);

    public static OrderDecision From(IResult known) => known as Problem ?? new OrderDecision(Refusal: null, Order: null, new RepeatedAnswer(known));
}
