using System.Globalization;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Payments.Settling;

namespace Maydon.Shop.Payments.Refunds;

/// <summary>
/// What becomes of a payment when the provider tells of money that went back, by our doing or by hand. The order stays as it is: whether goods go
/// out, or come back, is for people to say. Each answers what the news came to.
/// </summary>
internal static class RefundNews
{
    /// <summary>So much has gone back in all.</summary>
    public static string Refunded(OrderDesk desk, OrderState order, ref PaymentState payment, PaymentNews news)
    {
        // What came, which is not what was asked for when it was rejected.
        var (received, currency) = (payment.ReceivedAmount ?? payment.Amount, payment.ReceivedCurrency ?? payment.Currency);
        var returned = string.Create(CultureInfo.InvariantCulture, $"{news.Amount:0.00} of {received:0.00} {currency}");
        if (news.Amount is not { } amount || news.Currency != currency)
            return string.Create(CultureInfo.InvariantCulture, $"nothing: {news.Amount:0.00} {news.Currency} says nothing of {received:0.00} {currency}");
        if (payment.Status == PaymentStatus.Refunded)
            return $"nothing: {returned} refunded already";
        if (payment is { Status: PaymentStatus.RefundDue, RefundId: not null })
            return $"nothing: {returned} on its way";
        if (amount < received)
        {
            payment = desk.Keep(payment with { Note = $"refunded {returned}", UpdatedAt = desk.Now });
            SettlePayment.Note(desk, order, $"payment {payment.Id} refunded in part: {returned}");
            return $"recorded: {returned} refunded";
        }

        payment = desk.Keep(payment with { Status = PaymentStatus.Refunded, RefundedAt = desk.Now, UpdatedAt = desk.Now });
        SettlePayment.Note(desk, order, $"payment {payment.Id} refunded");
        return $"recorded: {returned} refunded";
    }

    /// <summary>The refund that we asked for has arrived. Those by hand are told by their amount.</summary>
    public static string Done(OrderDesk desk, OrderState order, ref PaymentState payment, PaymentNews news)
    {
        if (payment.Status != PaymentStatus.RefundDue || payment.RefundId is null || payment.RefundId != news.RefundId)
            return $"nothing: the payment is {payment.Status}";
        payment = desk.Keep(payment with { Status = PaymentStatus.Refunded, RefundedAt = desk.Now, UpdatedAt = desk.Now });
        SettlePayment.Note(desk, order, $"payment {payment.Id} refunded");
        return "recorded: refunded";
    }

    /// <summary>
    /// The money is here again and due again. Told of another refund than the last, it may be old news: then the next try finds that nothing is left to
    /// give back. Of a payment that stands, some of which was given back by hand, only a note is made: how much of it is to go back is for people to say.
    /// </summary>
    public static string Failed(OrderDesk desk, OrderState order, ref PaymentState payment, PaymentNews news)
    {
        var isDue = payment.Status == PaymentStatus.Refunded || (payment.Status == PaymentStatus.RefundDue && payment.RefundId is not null && payment.RefundId == news.RefundId);
        if (!isDue && payment.Status is PaymentStatus.RefundDue)
            return "nothing: the refund is due already";
        var failed = news.Amount is null ? "the refund failed" : string.Create(CultureInfo.InvariantCulture, $"the refund of {news.Amount:0.00} {news.Currency} failed");
        if (!isDue)
        {
            payment = desk.Keep(payment with { Note = failed, UpdatedAt = desk.Now });
            SettlePayment.Note(desk, order, $"payment {payment.Id}: {failed}");
            return $"noted: {failed}";
        }

        payment = payment.ReceivedAmount is null
            ? desk.Keep(payment with
            {
                Status = PaymentStatus.RefundDue,
                RefundedAt = null,
                RefundId = null,
                RefundFailures = payment.RefundFailures + 1,
                Note = failed,
                UpdatedAt = desk.Now,
            })
            : desk.Keep(payment with { Status = PaymentStatus.Rejected, RefundedAt = null, Note = failed, UpdatedAt = desk.Now });
        SettlePayment.Note(desk, order, $"payment {payment.Id}: {failed}");
        return $"{payment.Status.Replace('_', ' ')}: {failed}";
    }
}
