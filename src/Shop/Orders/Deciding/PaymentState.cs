namespace Maydon.Shop.Orders.Deciding;

/// <summary>See <c>payments_status</c> in the schema.</summary>
internal static class PaymentStatus
{
    public const string Starting = "starting";
    public const string Open = "open";
    public const string Paid = "paid";
    public const string Failed = "failed";
    public const string Expired = "expired";
    public const string RefundDue = "refund_due";
    public const string Refunded = "refunded";
    public const string Rejected = "rejected";
}

/// <summary>A row of <c>shop.payments</c> at the end of a decision.</summary>
internal sealed record PaymentState
{
    public required long Id { get; init; }
    public required long OrderId { get; init; }
    public required string Provider { get; init; }
    public required int Attempt { get; init; }
    public required string? ProviderId { get; init; }
    public required string? ProviderPaymentId { get; init; }
    public required string? CheckoutUrl { get; init; }
    public required decimal Amount { get; init; }
    public required string Currency { get; init; }
    public decimal? ReceivedAmount { get; init; }
    public string? ReceivedCurrency { get; init; }
    public required string Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? PaidAt { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }
    public string? RefundId { get; init; }
    public int RefundFailures { get; init; }
    public string? Note { get; init; }

    /// <summary>The money is to go back, and the provider has not been asked, or has refused.</summary>
    public bool IsToBeRefunded => Status == PaymentStatus.RefundDue && RefundId is null;
}
