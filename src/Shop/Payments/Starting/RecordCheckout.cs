using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Payments.Starting;

/// <summary>
/// The provider has opened the page. Only from here on anybody may be sent to it: a page that was given up meanwhile is one that nobody knows, so that
/// nobody can pay there.
/// </summary>
internal sealed record RecordCheckout(PaymentState Begun, OpenedCheckout Opened, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Begun.OrderId;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var order = desk.Find(Begun.OrderId)!;
        var payment = desk.PaymentsOf(Begun.OrderId).Single(known => known.Id == Begun.Id);
        if (payment.Status == PaymentStatus.Starting)
            payment = desk.Keep(payment with { Status = PaymentStatus.Open, ProviderId = Opened.ProviderId, CheckoutUrl = Opened.Url, UpdatedAt = desk.Now });
        return order.Status switch
        {
            OrderStatus.Cancelled => Problem.Conflict("order_cancelled"),
            OrderStatus.Pending => new OrderDecision(Refusal: null, order, Repeated: null) { Payment = payment },
            _ => Problem.Conflict("already_paid"),
        };
    }
}

/// <summary>How order and payment stand, and nothing changed.</summary>
internal sealed record ReadPayment(long PaymentId, long Id, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk) =>
        new(Refusal: null, desk.Find(Id), Repeated: null) { Payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId) };
}

/// <summary>The provider will not open this page, or its fault stands under this attempt's key: the next attempt has another one.</summary>
internal sealed record GiveUpPayment(long PaymentId, long Id, string Reason, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId);
        if (payment.Status is PaymentStatus.Starting or PaymentStatus.Open)
            payment = desk.Keep(payment with { Status = PaymentStatus.Failed, Note = Reason, UpdatedAt = desk.Now });
        return new OrderDecision(Refusal: null, desk.Find(Id), Repeated: null) { Payment = payment };
    }
}
