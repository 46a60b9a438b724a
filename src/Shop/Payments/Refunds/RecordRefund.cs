using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments.Settling;

namespace Maydon.Shop.Payments.Refunds;

/// <summary>The provider has given the money back, or has begun to: then it stays due until the provider says that it is done.</summary>
internal sealed record RecordRefund(long PaymentId, long Id, RefundReceipt Receipt, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId);
        var order = desk.Find(Id)!;
        // A charge that is refunded is told of as soon as its refund has begun, and so maybe before this.
        var wasDone = payment is { Status: PaymentStatus.Refunded, RefundId: null };
        if (payment.IsToBeRefunded || wasDone)
        {
            var isDone = Receipt.State == RefundState.Done;
            payment = desk.Keep(payment with
            {
                Status = isDone ? PaymentStatus.Refunded : PaymentStatus.RefundDue,
                RefundId = Receipt.RefundId,
                RefundedAt = isDone ? payment.RefundedAt ?? desk.Now : null,
                UpdatedAt = desk.Now,
            });
            if (!(isDone && wasDone))
                SettlePayment.Note(desk, order, isDone ? $"payment {PaymentId} refunded" : $"payment {PaymentId} is on its way back");
        }

        return new OrderDecision(Refusal: null, order, Repeated: null) { Payment = payment };
    }
}

/// <summary>The provider has answered, and not with a refund: its answer stands under the key of this try, so the next one has another.</summary>
/// <param name="Failures">As many as there were before: the same answer counts once.</param>
internal sealed record RecordRefundFailure(long PaymentId, long Id, int Failures, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId);
        // Since when it is due stays as it was: people are told of what takes long.
        if (payment.IsToBeRefunded && payment.RefundFailures == Failures)
            payment = desk.Keep(payment with { RefundFailures = Failures + 1 });
        return new OrderDecision(Refusal: null, desk.Find(Id), Repeated: null) { Payment = payment };
    }
}
