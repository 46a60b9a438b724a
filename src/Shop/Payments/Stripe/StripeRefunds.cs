namespace Maydon.Shop.Payments.Stripe;

/// <summary>What Stripe says of refunds, in the words of the shop (https://docs.stripe.com/api/refunds/object).</summary>
internal static class StripeRefunds
{
    /// <summary>Null for what is no refund.</summary>
    public static RefundReceipt? Receipt(StripeObject refund) => refund.Text("id") is { Length: > 0 } id ? new RefundReceipt(id, StateOf(refund)) : null;

    public static NewsKind KindOf(StripeObject refund) => StateOf(refund) switch
    {
        RefundState.Done => NewsKind.RefundDone,
        RefundState.Failed => NewsKind.RefundFailed,
        _ => NewsKind.Other,
    };

    /// <summary>The money is back only where Stripe says so: <c>pending</c>, <c>requires_action</c> and words to come are not yet.</summary>
    private static RefundState StateOf(StripeObject refund) => refund.Text("status") switch
    {
        "succeeded" => RefundState.Done,
        "failed" or "canceled" => RefundState.Failed,
        _ => RefundState.Pending,
    };
}
