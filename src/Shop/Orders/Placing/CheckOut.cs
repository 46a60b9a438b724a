using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Settings;
using Maydon.Shop.Carts;
using Maydon.Shop.Orders.Deciding;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Shop.Orders.Placing;

/// <summary>Who orders what is in the cart, and where it goes.</summary>
public sealed record CheckoutRequest
{
    [RequiredField, MaxLine(255), NoWebAddress]
    public string? FullName { get; init; }

    [RequiredField, MaxLine(EmailAddress.MaxLength), EmailField, Description("The order's mails go there.")]
    public string? Email { get; init; }

    [RequiredField, MaxLine(40), PhoneField, Description("As people write it: at least 7 digits, blanks and + - ( ) . / , between them.")]
    public string? Phone { get; init; }

    [RequiredField, MaxText(1000)]
    public string? Address { get; init; }

    [MaxLine(100), NoCoupon, DefaultValue(""), Description("There are no coupons yet: anything but nothing is refused.")]
    public string? Coupon { get; init; }

    [MaxText(2000)]
    public string? Note { get; init; }

    internal OrderContact ToContact() => new(
        FullName!.Trim(), Email!.Trim(), Phone!.Trim(), Address!.Trim(), string.IsNullOrWhiteSpace(Note) ? null : Note.Trim());
}

/// <summary>Refuses what would not be reckoned with, rather than let somebody believe in it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NoCouponAttribute : System.ComponentModel.DataAnnotations.ValidationAttribute
{
    public override bool IsValid(object? value) => value is not string text || string.IsNullOrWhiteSpace(text);

    public override string FormatErrorMessage(string name) => Messages.Text("coupons_not_offered");
}

/// <summary>Mails greet by this name, whoever's mailbox they go to: no stranger shall have the shop send links.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed partial class NoWebAddressAttribute : System.ComponentModel.DataAnnotations.ValidationAttribute
{
    public override bool IsValid(object? value) => value is not string text || !IsIn(text);

    public static bool IsIn(string text) => WebAddress().IsMatch(text);

    public override string FormatErrorMessage(string name) => Messages.Text("web_address_in_name");

    // What mail programs make links of. By the ending: "A.Karimov" and "ali.valiyev" are names.
    [GeneratedRegex(
        @"://|www\.|[\p{L}\d]\.(com|net|org|info|biz|io|me|co|app|dev|shop|store|site|online|xyz|top|link|click|club|live|pro|ru|su|uz|kz|kg|tj|tm|ly|gg|cc|to|рф|уз)\b",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WebAddress();
}

/// <summary>The order that was made: its stock is held until <c>hold_expires_at</c>, and <c>total</c> is what will be charged.</summary>
public sealed record CheckoutAnswer(long OrderId, string OrderNumber, string Status, decimal Total, string Currency, DateTimeOffset? HoldExpiresAt)
{
    internal static CheckoutAnswer From(OrderDecision decision)
    {
        var order = decision.Order!;
        return new(order.Id, order.Number, order.Status, order.Total, order.Currency, order.HoldExpiresAt);
    }
}

/// <summary>The caller's cart becomes an order.</summary>
internal sealed partial class CheckOut(
    CallersCart carts, ICartStore store, OrderClaims claims, CurrentUser user, CurrentGuest guest, MaydonSettings settings, ILogger<CheckOut> logger)
{
    public static string LocationOf(OrderDecision decision) => string.Create(CultureInfo.InvariantCulture, $"/api/orders/{decision.Order!.Id}/");

    public async Task<OrderDecision> ExecuteAsync(CheckoutRequest request, HttpContext context)
    {
        var decision = await PlaceAsync(await carts.FindStoredAsync(context.RequestAborted), request, context);
        return decision.Refusal == PlaceOrder.Stale ? await PlaceAsync((await carts.FindAsync(context.RequestAborted)).Cart, request, context) : decision;
    }

    private async Task<OrderDecision> PlaceAsync(StoredCart? cart, CheckoutRequest request, HttpContext context)
    {
        // Under an Idempotency-Key the first request may have emptied the cart a moment ago: the writer knows its answer.
        if (cart is not { Lines.Count: > 0 } && IdempotencyTicket.Of(context) is null)
            return Problem.Of(StatusCodes.Status400BadRequest, "cart_empty");
        var place = new PlaceOrder(
            cart?.Ref, user.IdOrNull, user.IdOrNull is null ? guest.Hash : null, request.ToContact(), Messages.CurrentLanguage, settings.Shop.OrderHold,
            [.. cart?.Lines.Select(line => new WantedItem(line.VariantId, line.Quantity)) ?? []])
        {
            EmptiesCart = store.AreEmptiedWithTheOrder,
            Merged = cart?.Merged ?? [],
            MostUnpaid = settings.Shop.MostUnpaidOrders,
        };
        var decision = await DecideAsync(place, context);
        if (decision.Order is not null && !store.AreEmptiedWithTheOrder)
            await EmptyAsync(cart!);
        return decision;
    }

    private async Task<OrderDecision> DecideAsync(PlaceOrder place, HttpContext context)
    {
        try
        {
            return await claims.DecideAsync(place, StatusCodes.Status201Created, CheckoutAnswer.From, context, LocationOf);
        }
        catch (PostgresException e) when (e.ConstraintName is "orders_cart" or "orders_unpaid_user" or "orders_unpaid_guest")
        {
            // Another node has just made an order of this cart, as it was before it changed, or one of the same buyer: now that order is found.
            return await claims.DecideAsync(place, StatusCodes.Status201Created, CheckoutAnswer.From, context, LocationOf);
        }
    }

    /// <summary>The order stands, whatever happens now: a cart that cannot be emptied at once is found spent when it is next looked at.</summary>
    private async Task EmptyAsync(StoredCart cart)
    {
        try
        {
            await store.ForgetAsync(cart, CancellationToken.None);
        }
        catch (ServiceAwayException e)
        {
            CartNotEmptied(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A cart could not be emptied after its order was made: {Reason}")]
    private partial void CartNotEmptied(string reason);
}
