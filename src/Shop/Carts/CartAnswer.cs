using System.Globalization;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Carts;

/// <summary>A cart at current prices. Its total is what a checkout would charge at this moment for the lines that can be bought.</summary>
/// <param name="Count">Of pieces.</param>
/// <param name="Notices">What has changed since things were put in.</param>
public sealed record CartAnswer(IReadOnlyList<CartItem> Items, decimal TotalPrice, string Currency, int Count, IReadOnlyList<CartNotice> Notices)
{
    /// <param name="language">Of the notices; that of the request where none is given.</param>
    internal static CartAnswer Of(FilledCart filled, MaydonSettings settings, CultureInfo? language = null)
    {
        var lines = (filled.Cart?.Lines ?? []).Select(line => (Line: line, Variant: filled.Variants.GetValueOrDefault(line.VariantId))).ToList();
        var currency = CurrencyOf(filled) ?? settings.Shop.Currency;
        var items = lines.Where(each => each.Variant is not null).Select(each => CartItem.Of(each.Line, each.Variant!, currency)).ToList();
        return new CartAnswer(
            items, items.Sum(item => item.Total), currency, items.Sum(item => item.Quantity), [.. lines.SelectMany(each => CartNotice.Of(each.Line, each.Variant, currency, language ?? CultureInfo.CurrentUICulture))]);
    }

    /// <summary>That of the first line which can be bought; null when none can.</summary>
    internal static string? CurrencyOf(FilledCart filled, long? except = null) =>
        filled.Cart?.Lines.Where(line => line.VariantId != except).Select(line => filled.Variants.GetValueOrDefault(line.VariantId))
            .FirstOrDefault(variant => variant is { IsSold: true })?.Currency;
}

/// <param name="Price">Of one, now.</param>
/// <param name="Total">0 for what cannot be bought any more.</param>
/// <param name="Image">Its address on this server.</param>
/// <param name="Available">How many are left, this cart's own not taken off: nothing is held before the checkout.</param>
public sealed record CartItem(
    long VariantId, long ProductId, string ProductName, string Sku, IReadOnlyList<CartItemAttribute> Attributes, decimal Price, int Quantity, decimal Total, string? Image, int Available)
{
    internal static CartItem Of(CartLine line, CartVariant variant, string currency) => new(
        variant.Id, variant.ProductId, variant.ProductName, variant.Sku, variant.Attributes, variant.Price, line.Quantity,
        variant.IsSold && variant.Currency == currency ? variant.Price * line.Quantity : 0, variant.ImagePath is { } path ? $"/media/{path}" : null, variant.Available);
}

public sealed record CartItemAttribute(string AttributeName, string Value);

/// <param name="Code"><c>gone</c>, <c>other_currency</c>, <c>less_available</c> or <c>price_changed</c>.</param>
/// <param name="OldPrice">When it was put in.</param>
public sealed record CartNotice(string Code, long VariantId, string? Sku, string Message, decimal? OldPrice, decimal? Price, int? Available)
{
    internal static IEnumerable<CartNotice> Of(CartLine line, CartVariant? variant, string currency, CultureInfo language)
    {
        if (variant is not { IsSold: true })
        {
            yield return new CartNotice("gone", line.VariantId, variant?.Sku, Messages.Text(language, "cart_gone", variant?.ProductName ?? "?"), OldPrice: null, Price: null, Available: 0);
            yield break;
        }

        if (variant.Currency != currency)
            yield return new CartNotice("other_currency", variant.Id, variant.Sku, Messages.Text(language, "cart_other_currency", variant.ProductName, variant.Currency), OldPrice: null, variant.Price, variant.Available);
        if (variant.Available < line.Quantity)
            yield return new CartNotice("less_available", variant.Id, variant.Sku, Messages.Text(language, "cart_less_available", variant.ProductName, variant.Available), OldPrice: null, Price: null, variant.Available);
        if (variant.Price != line.SeenPrice)
            yield return new CartNotice("price_changed", variant.Id, variant.Sku, Messages.Text(language, "cart_price_changed", variant.ProductName, line.SeenPrice, $"{variant.Price} {variant.Currency}"), line.SeenPrice, variant.Price, Available: null);
    }
}
