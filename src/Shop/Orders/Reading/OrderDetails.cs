using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Reading;

/// <summary>A change of status. Who changed it is told to staff, and so are notes: lines that change no status.</summary>
public sealed record OrderHistoryItem(string? FromStatus, string ToStatus, string? Reason, DateTimeOffset At, long? ChangedBy, string? ChangedByEmail);

/// <summary>An attempt to pay. Its note is for staff.</summary>
public sealed record OrderPayment(
    string Provider, int Attempt, string Status, decimal Amount, string Currency, DateTimeOffset CreatedAt, DateTimeOffset? PaidAt, DateTimeOffset? RefundedAt, string? Note)
{
    internal static OrderPayment From(PaymentState payment, bool forStaff) => new(
        payment.Provider, payment.Attempt, payment.Status, payment.Amount, payment.Currency, payment.CreatedAt, payment.PaidAt, payment.RefundedAt, forStaff ? payment.Note : null);
}

/// <summary>An order with all that happened to it.</summary>
public sealed record OrderDetails : OrderItem
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    internal OrderDetails(OrderItem order, IReadOnlyList<OrderHistoryItem> history, IReadOnlyList<OrderPayment> payments) : base(order) =>
        (History, Payments) = (history, payments);

    public IReadOnlyList<OrderHistoryItem> History { get; }
    public IReadOnlyList<OrderPayment> Payments { get; }
}
