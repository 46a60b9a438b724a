using System.Globalization;
using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Mails;

/// <summary>
/// The outbox kinds of the mails about an order. Each goes out once, because the subject names the order and the claim that holds its stock:
/// an order that came back to life with a late payment has a new claim, and may be cancelled once more.
/// </summary>
internal static class OrderMailKinds
{
    public const string Received = "shop.order_received";

    /// <summary>With the receipt.</summary>
    public const string Paid = "shop.order_paid";
    public const string Shipped = "shop.order_shipped";
    public const string Cancelled = "shop.order_cancelled";

    public static OutboxMessage About(string kind, OrderState order, DateTimeOffset now) => new(
        kind,
        string.Create(CultureInfo.InvariantCulture, $"order:{order.Id}:{order.ClaimId}"),
        string.Create(CultureInfo.InvariantCulture, $$"""{"order_id":{{order.Id}}}"""),
        now);
}

/// <summary>In JSON <c>{"order_id":1}</c>.</summary>
internal sealed record OrderMailPayload(long OrderId);
