using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>What Stripe says of checkout sessions and charges, in the words of the shop.</summary>
internal static class StripeSessions
{
    private const int LongestId = 255;

    // Of the year 9998.
    private const long LastSecond = 253_370_764_800;

    public static CheckoutReport Report(StripeObject session, string id)
    {
        var (amount, currency) = Amount(session, "amount_total");
        var state = (session.Text("status"), session.Text("payment_status")) switch
        {
            (_, "paid") => CheckoutState.Paid,
            ("expired", _) => CheckoutState.Over,
            _ => CheckoutState.Open,
        };
        return new CheckoutReport(session.Text("id") ?? id, state, session.Reference("payment_intent"), amount, currency);
    }

    /// <summary>Null for JSON that is no event.</summary>
    public static PaymentNews? ReadEvent(JsonElement json, string raw, MaydonSettings settings)
    {
        var news = new StripeObject(json);
        if (news.Text("object") != "event" || news.Text("id") is not { Length: > 0 and <= LongestId } id || news.Text("type") is not { Length: > 0 and <= LongestId } type
            || news.Number("created") is not (> 0 and < LastSecond and var created) || news.Object("data")?.Object("object") is not { } subject)
            return null;
        // Of another account that is connected to ours: nothing of this shop's.
        var isOurs = news.Text("account") is null;
        var kind = isOurs ? KindOf(type, subject) : NewsKind.Other;
        var isRefund = kind is NewsKind.RefundDone or NewsKind.RefundFailed;
        var (amount, currency) = Amount(subject, isRefund ? "amount" : kind == NewsKind.Refunded ? "amount_refunded" : "amount_total");
        var metadata = subject.Object("metadata");
        return new PaymentNews
        {
            Provider = StripePayments.ProviderName,
            EventId = id,
            Type = type,
            Kind = kind,
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(created),
            PayloadJson = raw,
            ProviderId = isRefund || kind == NewsKind.Refunded ? null : subject.Text("id"),
            RefundId = isRefund ? subject.Text("id") : null,
            ProviderPaymentId = subject.Reference("payment_intent"),
            PaymentId = metadata?.Text(StripePayments.SiteField) == StripePayments.SiteOf(settings)
                && long.TryParse(metadata.Text(StripePayments.PaymentField), NumberStyles.None, null, out var payment) ? payment : null,
            Amount = amount,
            Currency = currency,
        };
    }

    private static NewsKind KindOf(string type, StripeObject subject) => type switch
    {
        // Whether the money is there is what the session says, not that it is complete.
        "checkout.session.completed" or "checkout.session.async_payment_succeeded" => subject.Text("payment_status") == "paid" ? NewsKind.Paid : NewsKind.Unpaid,
        "checkout.session.expired" or "checkout.session.async_payment_failed" => NewsKind.Over,
        "charge.refunded" => NewsKind.Refunded,
        // The first for some ways to pay, the others in newer and older versions of Stripe's API; which of them come changes nothing.
        "charge.refund.updated" or "refund.updated" or "refund.failed" => StripeRefunds.KindOf(subject),
        _ => NewsKind.Other,
    };

    private static (decimal? Amount, string? Currency) Amount(StripeObject subject, string field) =>
        subject.Text("currency")?.ToUpperInvariant() is { } currency && subject.Number(field) is { } minor
            ? (StripeAmounts.FromMinor(minor, currency), currency)
            : (null, null);
}
