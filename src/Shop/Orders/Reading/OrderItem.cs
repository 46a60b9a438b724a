using System.Text.Json;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Reading;

/// <summary>A value that a variant had of an attribute when it was bought.</summary>
public sealed record OrderedAttribute(string AttributeName, string Value);

/// <summary>What was bought, as it was then.</summary>
public sealed record OrderedItem(
    long VariantId, long ProductId, string ProductName, string Sku, IReadOnlyList<OrderedAttribute> Attributes, decimal Price, int Quantity, decimal Total)
{
    private static readonly JsonSerializerOptions s_stored = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    internal static OrderedItem From(OrderLine line) => new(
        line.VariantId, line.ProductId, line.ProductName, line.Sku, AttributesOf(line), line.Price, line.Quantity, line.Total);

    internal static IReadOnlyList<OrderedAttribute> AttributesOf(OrderLine line) => JsonSerializer.Deserialize<List<OrderedAttribute>>(line.AttributesJson, s_stored) ?? [];
}

/// <summary>An order. Stock is held for a pending one until <c>hold_expires_at</c>.</summary>
public record OrderItem
{
    public required long Id { get; init; }
    public required string OrderNumber { get; init; }
    public required string Status { get; init; }
    public required string FullName { get; init; }
    public required string Email { get; init; }
    public required string Phone { get; init; }
    public required string Address { get; init; }
    public required string? Note { get; init; }
    public required IReadOnlyList<OrderedItem> Items { get; init; }
    public required decimal Total { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset? HoldExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required DateTimeOffset? PaidAt { get; init; }
    public required DateTimeOffset? ShippedAt { get; init; }
    public required DateTimeOffset? DeliveredAt { get; init; }
    public required DateTimeOffset? CancelledAt { get; init; }
    public required string? CancelReason { get; init; }

    internal static OrderItem From(OrderState order) => new()
    {
        Id = order.Id,
        OrderNumber = order.Number,
        Status = order.Status,
        FullName = order.Contact.FullName,
        Email = order.Contact.Email,
        Phone = order.Contact.Phone,
        Address = order.Contact.Address,
        Note = order.Contact.Note,
        Items = [.. order.Lines.Select(OrderedItem.From)],
        Total = order.Total,
        Currency = order.Currency,
        HoldExpiresAt = order.HoldExpiresAt,
        CreatedAt = order.CreatedAt,
        UpdatedAt = order.UpdatedAt,
        PaidAt = order.PaidAt,
        ShippedAt = order.ShippedAt,
        DeliveredAt = order.DeliveredAt,
        CancelledAt = order.CancelledAt,
        CancelReason = order.CancelReason,
    };
}
