using System.Text.Json;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Reading;

namespace Maydon.Shop.Payments.Starting;

/// <summary>
/// From an order to the page on which it is paid, in three steps: the attempt is stored, the provider is asked, its answer is stored. Whatever ends
/// between two of them, the next request goes on with the same attempt, and the provider knows it by its key.
/// </summary>
internal sealed class StartPayment(OrderClaims claims, PaymentProviders providers, MaydonSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    // Younger than this, no provider can find its time too short.
    private static readonly TimeSpan s_young = TimeSpan.FromMinutes(1);

    /// <summary>Where the buyer pays, or why not.</summary>
    public async Task<(string? Url, Problem? Refusal)> ExecuteAsync(long orderId, OrderAccess access, CancellationToken cancellationToken)
    {
        if (providers.Current is not { } provider)
            return (null, Problem.Of(503, "payments_unconfigured"));
        if (await claims.FindVariantsAsync(orderId, cancellationToken) is not { } variants)
            return (null, Problem.NotFound("order_not_found"));
        for (var isFirst = true; ; isFirst = false)
        {
            var begun = await claims.DecideAsync(new BeginPayment(orderId, access, provider.Name, settings.Shop.OrderHold, variants) { IsSecondTry = !isFirst }, cancellationToken);
            if (begun is not { Payment: { } payment, Order: { } order })
                return (null, begun.Refusal);
            if (payment.Status == PaymentStatus.Open)
                return (payment.CheckoutUrl, null);
            // Begun with a provider that has since been switched off.
            var asked = providers.Find(payment.Provider);
            var answer = asked is null ? new ProviderFailure(FailureKind.Fault, "The provider is switched off.") : await asked.OpenAsync(Wish(order, payment), cancellationToken);
            if (answer.Value is { } opened)
            {
                var recorded = await claims.DecideAsync(new RecordCheckout(payment, opened, variants), cancellationToken);
                if (recorded.Refusal is { } refusal)
                    return (null, refusal);
                if (recorded.Payment is { Status: PaymentStatus.Open } open)
                    return (open.CheckoutUrl, null);
                // Given up by somebody else meanwhile.
                if (isFirst)
                    continue;
                return (null, Unavailable());
            }

            var failure = answer.Failure!;
            if (failure.Kind != FailureKind.NoAnswer)
                await claims.DecideAsync(new GiveUpPayment(payment.Id, orderId, failure.Reason, variants), cancellationToken);
            // What was left of an old attempt is too short for a page, most likely: a new one has the whole time.
            if (failure.Kind == FailureKind.NoAnswer || !isFirst || clock.Now() - payment.CreatedAt < s_young)
                return (null, failure.Kind == FailureKind.Refused ? Problem.Conflict("payment_refused") : Unavailable());
        }
    }

    /// <summary>The same for the same payment, whenever it is made.</summary>
    public static CheckoutWish Wish(OrderState order, PaymentState payment) => new()
    {
        PaymentId = payment.Id,
        OrderId = order.Id,
        Attempt = payment.Attempt,
        StartedAt = payment.CreatedAt,
        ExpiresAt = payment.ExpiresAt,
        Currency = payment.Currency,
        Total = payment.Amount,
        Lines = [.. order.Lines.Select(line => new CheckoutWishLine(NameOf(line), line.Price, line.Quantity))],
        Email = order.Contact.Email,
        Language = order.Language,
    };

    private static Problem Unavailable() => Problem.Unavailable("payment_provider_unavailable", s_soon);

    /// <summary>For example <c>Phone X1 (Red, 64 GB)</c>.</summary>
    private static string NameOf(OrderLine line)
    {
        using var attributes = JsonDocument.Parse(line.AttributesJson);
        var values = string.Join(", ", attributes.RootElement.EnumerateArray().Select(attribute => attribute.GetProperty("value").GetString()));
        return values.Length == 0 ? line.ProductName : $"{line.ProductName} ({values})";
    }
}
