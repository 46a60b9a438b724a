using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Reading;

namespace Maydon.Shop.Orders.Changing;

/// <summary>The buyer thinks better of it before paying; the shop may also end what is paid, and the money goes back.</summary>
internal sealed record CancelOrder(long Id, OrderAccess Access, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        if (desk.Find(Id) is not { } order || !Access.Reaches(order))
            return Problem.NotFound("order_not_found");
        return order.Status switch
        {
            OrderStatus.Cancelled => Problem.Conflict("order_cancelled"),
            OrderStatus.Pending => desk.Cancel(order, Access.IsBuyer(order) ? CancelReason.ByBuyer : CancelReason.ByShop, Access.UserId),
            OrderStatus.Paid when Access.IsStaff => desk.Cancel(order, CancelReason.ByShop, Access.UserId),
            _ => Problem.Conflict("status_not_allowed", order.Status, OrderStatus.Cancelled),
        };
    }
}
