using System.Globalization;
using Maydon.Inventory.Claims;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Mails;
using Maydon.Shop.Payments.Refunds;

namespace Maydon.Shop.Payments.Settling;

/// <summary>
/// What a provider told of one of our payments becomes true, once: the event is stored in the transaction of its effect. Events come twice, late and in any
/// order, so what they do depends on how payment and order stand now, never on what came before.
/// </summary>
internal sealed record SettlePayment(PaymentNews News, long PaymentId, long Id, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override PaymentNews? Event => News;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var order = desk.Find(Id)!;
        var payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId);
        var isNew = !desk.KnowsEvent(News);
        PaymentGuards.Ignore("event", ref isNew);
        if (isNew)
        {
            // What it is called is learnt from whatever comes first.
            payment = payment with { ProviderId = payment.ProviderId ?? News.ProviderId, ProviderPaymentId = payment.ProviderPaymentId ?? News.ProviderPaymentId };
            var outcome = News.Kind switch
            {
                NewsKind.Paid => Paid(desk, ref order, ref payment),
                NewsKind.Unpaid => Unpaid(desk, payment),
                NewsKind.Over => Over(desk, ref order, ref payment),
                NewsKind.Refunded => RefundNews.Refunded(desk, order, ref payment, News),
                NewsKind.RefundDone => RefundNews.Done(desk, order, ref payment, News),
                NewsKind.RefundFailed => RefundNews.Failed(desk, order, ref payment, News),
                _ => EventOutcome.Ignored,
            };
            desk.Record(new PaymentEvent(News, Id, outcome, desk.Now));
        }

        return new OrderDecision(Refusal: null, order, Repeated: null) { Payment = payment };
    }

    private string Paid(OrderDesk desk, ref OrderState order, ref PaymentState payment)
    {
        // An attempt that was given up counts too: the money is there.
        var isAwaited = payment.Status is PaymentStatus.Starting or PaymentStatus.Open or PaymentStatus.Failed or PaymentStatus.Expired;
        PaymentGuards.Ignore("settled", ref isAwaited);
        if (!isAwaited)
            return $"nothing: the payment is {payment.Status} already";
        var isRight = News.Amount == payment.Amount && News.Currency == payment.Currency && payment.Amount == order.Total && payment.Currency == order.Currency;
        PaymentGuards.Ignore("amount", ref isRight);
        if (!isRight)
        {
            var paid = string.Create(CultureInfo.InvariantCulture, $"{News.Amount:0.00} {News.Currency} instead of {payment.Amount:0.00} {payment.Currency}");
            var isKnown = News is { Amount: not null, Currency: not null };
            payment = desk.Keep(payment with
            {
                Status = PaymentStatus.Rejected,
                ReceivedAmount = isKnown ? News.Amount : null,
                ReceivedCurrency = isKnown ? News.Currency : null,
                Note = $"paid {paid}",
                UpdatedAt = desk.Now,
            });
            Note(desk, order, $"payment {payment.Id} rejected: {paid}");
            return $"rejected: {paid}";
        }

        switch (order.Status)
        {
            case OrderStatus.Pending:
                if (desk.Claims.Confirm(order.ClaimId) is not ClaimChange.Done and var other)
                    throw new InvalidOperationException($"Order {Id} is pending, and its claim {order.ClaimId} cannot be confirmed: {other}.");
                payment = desk.Keep(payment with { Status = PaymentStatus.Paid, PaidAt = desk.Now, UpdatedAt = desk.Now });
                order = desk.Change(order with { Status = OrderStatus.Paid, HoldExpiresAt = null, PaidAt = desk.Now }, "paid", changedBy: null, OrderMailKinds.Paid);
                return EventOutcome.Paid;
            case OrderStatus.Cancelled when CancelReason.IsForWantOfMoney(order.CancelReason):
                return Late(desk, ref order, ref payment);
            case OrderStatus.Cancelled:
                payment = Return(desk, payment, $"paid after it was {order.CancelReason}");
                Note(desk, order, $"payment {payment.Id} came after the end and goes back");
                return "refund due: the order was cancelled";
            default:
                payment = Return(desk, payment, "the order was paid already");
                Note(desk, order, $"payment {payment.Id} is a second one and goes back");
                return "refund due: the order was paid already";
        }
    }

    /// <summary>The stock went back before the money came: it is taken again, all of it, or the money goes back.</summary>
    private static string Late(OrderDesk desk, ref OrderState order, ref PaymentState payment)
    {
        var taken = desk.Take(order.Lines, "paid late", heldUntil: null);
        var isTaken = taken.ClaimId is not null;
        PaymentGuards.Ignore("late", ref isTaken);
        if (!isTaken)
        {
            payment = Return(desk, payment, "paid late, with too little left in stock");
            Note(desk, order, $"payment {payment.Id} came late with too little left in stock and goes back");
            return "refund due: paid late, too little in stock";
        }

        payment = desk.Keep(payment with { Status = PaymentStatus.Paid, PaidAt = desk.Now, UpdatedAt = desk.Now });
        order = desk.Change(
            order with { Status = OrderStatus.Paid, ClaimId = taken.ClaimId ?? order.ClaimId, PaidAt = desk.Now, CancelledAt = null, CancelReason = null },
            "paid late, stock taken again", changedBy: null, OrderMailKinds.Paid);
        return "paid late, stock taken again";
    }

    /// <summary>Bank transfers: the buyer is through, the money is not there. It pays nothing.</summary>
    private static string Unpaid(OrderDesk desk, PaymentState payment)
    {
        desk.Keep(payment with { UpdatedAt = desk.Now });
        return "nothing: not paid yet";
    }

    private string Over(OrderDesk desk, ref OrderState order, ref PaymentState payment)
    {
        if (payment.Status is not (PaymentStatus.Starting or PaymentStatus.Open))
            return $"nothing: the payment is {payment.Status} already";
        payment = desk.Keep(payment with { Status = PaymentStatus.Expired, Note = News.Type, UpdatedAt = desk.Now });
        if (order.Status != OrderStatus.Pending)
            return $"nothing more: the order is {order.Status} already";
        order = desk.Cancel(order, CancelReason.NotPaid, changedBy: null);
        return "cancelled, stock returned";
    }

    private static PaymentState Return(OrderDesk desk, PaymentState payment, string note) =>
        desk.Keep(payment with { Status = PaymentStatus.RefundDue, PaidAt = desk.Now, Note = note, UpdatedAt = desk.Now });

    /// <summary>A line in the order's history without a change of its status.</summary>
    public static void Note(OrderDesk desk, OrderState order, string reason) =>
        desk.Rows.Changed(new OrderChange(order.Id, order.Status, order.Status, ChangedBy: null, reason, desk.Now));
}
