using System.Globalization;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>Payments by Stripe's Checkout: a page of Stripe's on which the buyer pays by card, or in whatever way the shop has switched on there.</summary>
internal sealed class StripePayments(StripeApi api, MaydonSettings settings) : IPaymentProvider
{
    public const string ProviderName = "stripe";

    /// <summary>Names in the metadata of sessions and payments, by which a webhook finds the way back.</summary>
    public const string OrderField = "order_id";
    public const string PaymentField = "payment_id";

    /// <summary>Whose orders those are: several shops may share an account.</summary>
    public const string SiteField = "site";

    // Of Stripe's: https://docs.stripe.com/api/checkout/sessions/create
    private const int LongestName = 250;

    private static readonly ProviderFailure s_noRefund = new(FailureKind.Fault, "Stripe answered no refund.");

    public string Name => ProviderName;

    public bool IsSetUp => settings.Shop.Stripe is { SecretKey: not null, WebhookSecret: not null };

    public static string SiteOf(MaydonSettings settings) => settings.PublicUrl.GetLeftPart(UriPartial.Authority);

    public async Task<ProviderAnswer<OpenedCheckout>> OpenAsync(CheckoutWish wish, CancellationToken cancellationToken)
    {
        if (Form(wish) is not { } form)
            return new ProviderFailure(FailureKind.Refused, $"There is no amount of {wish.Currency} that small.");
        var answer = await api.PostAsync("v1/checkout/sessions", form, KeyOf(wish), cancellationToken);
        if (answer.Value is not { } session)
            return answer.Failure!;
        return session.Text("id") is { } id && session.Text("url") is { } url && Uri.IsWellFormedUriString(url, UriKind.Absolute)
            ? new OpenedCheckout(id, url)
            : new ProviderFailure(FailureKind.Fault, "Stripe answered a session without id or address.");
    }

    public async Task<ProviderAnswer<CheckoutReport>> ReadAsync(string providerId, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync($"v1/checkout/sessions/{Uri.EscapeDataString(providerId)}", cancellationToken);
        return answer.Value is { } session ? StripeSessions.Report(session, providerId) : answer.Failure!;
    }

    public async Task<ProviderAnswer<CheckoutReport>> CloseAsync(string providerId, CancellationToken cancellationToken)
    {
        // Without a key: to close twice is refused, and a refusal is no news.
        var answer = await api.PostAsync($"v1/checkout/sessions/{Uri.EscapeDataString(providerId)}/expire", [], idempotencyKey: null, cancellationToken);
        return answer switch
        {
            { Value: { } session } => StripeSessions.Report(session, providerId),
            { Failure.Kind: FailureKind.Refused } => await ReadAsync(providerId, cancellationToken),
            _ => answer.Failure!,
        };
    }

    public async Task<ProviderAnswer<RefundReceipt>> RefundAsync(RefundWish wish, CancellationToken cancellationToken)
    {
        // No amount: all that is left, were some of it given back by hand before.
        List<KeyValuePair<string, string>> form =
        [
            new("payment_intent", wish.ProviderPaymentId),
            new($"metadata[{OrderField}]", Text(wish.OrderId)),
            new($"metadata[{PaymentField}]", Text(wish.PaymentId)),
            new($"metadata[{SiteField}]", SiteOf(settings)),
        ];
        // An answer stands under its key for a day, a refusal too: after one, the next refund has another key, and after silence the same.
        // Another key is no danger: there is never more to give back than was paid.
        var answer = await api.PostAsync("v1/refunds", form, string.Create(CultureInfo.InvariantCulture, $"refund-{wish.ProviderPaymentId}-{wish.Failures}"), cancellationToken);
        return answer switch
        {
            { Value: { } refund } => StripeRefunds.Receipt(refund) switch
            {
                null => s_noRefund,
                { State: RefundState.Failed } => new ProviderFailure(FailureKind.Refused, "Stripe could not give the money back."),
                { } receipt => receipt,
            },
            { Failure.Code: "charge_already_refunded" } => await FindRefundAsync(wish.ProviderPaymentId, cancellationToken),
            _ => answer.Failure!,
        };
    }

    public async Task<ProviderAnswer<RefundReceipt>> ReadRefundAsync(string refundId, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync($"v1/refunds/{Uri.EscapeDataString(refundId)}", cancellationToken);
        if (answer.Value is not { } refund)
            return answer.Failure!;
        return StripeRefunds.Receipt(refund) is { } receipt ? receipt : s_noRefund;
    }

    /// <summary>"Already refunded" is what Stripe also says while a refund is on its way.</summary>
    private async Task<ProviderAnswer<RefundReceipt>> FindRefundAsync(string paymentIntent, CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync($"v1/refunds?payment_intent={Uri.EscapeDataString(paymentIntent)}&limit=100", cancellationToken);
        if (answer.Value is not { } list)
            return answer.Failure!;
        var receipts = list.Objects("data").Select(StripeRefunds.Receipt).Where(receipt => receipt is { State: not RefundState.Failed }).ToList();
        return (receipts.Find(receipt => receipt!.State == RefundState.Pending) ?? receipts.FirstOrDefault()) is { } found ? found : s_noRefund;
    }

    /// <summary>Order and attempt, and the time of it: a database that begins anew counts its orders anew.</summary>
    private static string KeyOf(CheckoutWish wish) => string.Create(CultureInfo.InvariantCulture, $"order-{wish.OrderId}-{wish.Attempt}-{wish.StartedAt.ToUnixTimeMilliseconds()}");

    /// <summary>The same for the same wish, whenever it is made: Stripe compares.</summary>
    private List<KeyValuePair<string, string>>? Form(CheckoutWish wish)
    {
        var currency = wish.Currency.ToLowerInvariant();
        List<KeyValuePair<string, string>> metadata =
        [
            new(OrderField, Text(wish.OrderId)),
            new(PaymentField, Text(wish.PaymentId)),
            new(SiteField, SiteOf(settings)),
        ];
        List<KeyValuePair<string, string>> form =
        [
            new("mode", "payment"),
            new("client_reference_id", Text(wish.OrderId)),
            new("customer_email", wish.Email),
            new("expires_at", Text(wish.ExpiresAt.ToUnixTimeSeconds())),
            new("locale", Locale(wish.Language)),
            new("success_url", ReturnAddress(wish, "done")),
            new("cancel_url", ReturnAddress(wish, "cancelled")),
            // The amount that comes back must be the one that was asked for.
            new("adaptive_pricing[enabled]", "false"),
            .. metadata.Select(pair => KeyValuePair.Create($"metadata[{pair.Key}]", pair.Value)),
            .. metadata.Select(pair => KeyValuePair.Create($"payment_intent_data[metadata][{pair.Key}]", pair.Value)),
        ];
        foreach (var (index, line) in wish.Lines.Index())
        {
            if (StripeAmounts.ToMinor(line.Price, wish.Currency) is not { } amount)
                return null;
            var item = $"line_items[{index}]";
            form.Add(new($"{item}[quantity]", Text(line.Quantity)));
            form.Add(new($"{item}[price_data][currency]", currency));
            form.Add(new($"{item}[price_data][unit_amount]", Text(amount)));
            form.Add(new($"{item}[price_data][product_data][name]", line.Name.Length > LongestName ? line.Name[..LongestName] : line.Name));
        }

        return form;
    }

    private string ReturnAddress(CheckoutWish wish, string outcome) =>
        string.Create(CultureInfo.InvariantCulture, $"{settings.PublicUrl.AbsoluteUri.TrimEnd('/')}/?order={wish.OrderId}&payment={outcome}");

    // Stripe's pages speak no Uzbek: the buyer's browser decides.
    private static string Locale(string language) => language is "ru" or "en" ? language : "auto";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
