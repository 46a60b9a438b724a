using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Mails;

namespace Maydon.Shop.Orders.Changing;

/// <summary>The shop moves an order on, along the arrows only. Nobody marks an order paid: a payment does.</summary>
internal sealed record ChangeOrderStatus(long Id, string To, long StaffId, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        if (desk.Find(Id) is not { } order)
            return Problem.NotFound("order_not_found");
        return (order.Status, To) switch
        {
            (OrderStatus.Pending or OrderStatus.Paid, OrderStatus.Cancelled) => desk.Cancel(order, CancelReason.ByShop, StaffId),
            (OrderStatus.Paid, OrderStatus.Shipped) => desk.Change(order with { Status = To, ShippedAt = desk.Now }, To, StaffId, OrderMailKinds.Shipped),
            (OrderStatus.Shipped, OrderStatus.Delivered) => desk.Change(order with { Status = To, DeliveredAt = desk.Now }, To, StaffId),
            _ => Problem.Conflict("status_not_allowed", order.Status, To),
        };
    }
}
