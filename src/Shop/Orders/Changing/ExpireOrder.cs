using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Changing;

/// <summary>The time to pay is over: the stock goes back and the order ends, unless it was paid or held longer at the same moment.</summary>
internal sealed record ExpireOrder(long HeldClaimId, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? ClaimId => HeldClaimId;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var released = desk.Claims.ReleaseIfDue(HeldClaimId, CancelReason.HoldExpired);
        if (desk.FindByClaim(HeldClaimId) is not { } order)
            return Problem.NotFound("order_not_found");
        return released == ClaimChange.Done ? desk.Ended(order, CancelReason.HoldExpired, changedBy: null) : order;
    }
}
