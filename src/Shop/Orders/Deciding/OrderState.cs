namespace Maydon.Shop.Orders.Deciding;

internal static class OrderStatus
{
    public const string Pending = "pending";
    public const string Paid = "paid";
    public const string Shipped = "shipped";
    public const string Delivered = "delivered";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Pending, Paid, Shipped, Delivered, Cancelled];
}

/// <summary>Why an order was cancelled: in <c>orders.cancel_reason</c>, in its history and in the ledger.</summary>
internal static class CancelReason
{
    public const string ByBuyer = "cancelled by the buyer";
    public const string ByShop = "cancelled by the shop";
    public const string HoldExpired = "hold expired";

    /// <summary>The page of the payment provider closed without a payment.</summary>
    public const string NotPaid = "not paid";

    /// <summary>Nobody wanted it ended: a payment that comes after all brings it back, while there is stock.</summary>
    public static bool IsForWantOfMoney(string? reason) => reason is HoldExpired or NotPaid;
}

/// <summary>Who ordered, and where it goes.</summary>
internal sealed record OrderContact(string FullName, string Email, string Phone, string Address, string? Note);

/// <summary>What was bought, as it was then. <paramref name="AttributesJson"/> is <c>[{"attribute_name":"Color","value":"Red"}]</c>.</summary>
internal sealed record OrderLine(long VariantId, long ProductId, string Sku, string ProductName, string AttributesJson, decimal Price, int Quantity)
{
    public decimal Total => Price * Quantity;
}

/// <summary>A row of <c>shop.orders</c> and its lines at the end of a decision.</summary>
internal sealed record OrderState
{
    public required long Id { get; init; }
    public required string Number { get; init; }
    public required long? UserId { get; init; }
    public required byte[]? GuestHash { get; init; }
    public required Guid CartRef { get; init; }
    public required string Status { get; init; }
    public required OrderContact Contact { get; init; }
    public required string Language { get; init; }
    public required string Currency { get; init; }
    public required decimal Total { get; init; }

    /// <summary>The claim that holds the stock, or held it last.</summary>
    public required long ClaimId { get; init; }
    public required DateTimeOffset? HoldExpiresAt { get; init; }

    /// <summary>Of a new order: see <see cref="UnpaidOrders"/>. It is not read again.</summary>
    public int? UnpaidPlace { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? PaidAt { get; init; }
    public DateTimeOffset? ShippedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
    public string? CancelReason { get; init; }
    public required IReadOnlyList<OrderLine> Lines { get; init; }
}

/// <summary>A variant as it can be bought now, read under the lock of its pool.</summary>
/// <param name="IsForSale">Neither it nor its product nor a category above is switched off or deleted.</param>
internal sealed record VariantFacts(long ProductId, string Sku, string ProductName, string AttributesJson, decimal Price, string Currency, bool IsForSale);
