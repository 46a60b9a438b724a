using System.Globalization;

namespace Maydon.Shop.Browsing.Products;

/// <summary>A number in a query string that is not below zero: digits, and a point where it is no whole number.</summary>
public readonly record struct QueryAmount(decimal Value)
{
    public static bool TryParse(string? text, IFormatProvider? provider, out QueryAmount amount)
    {
        var read = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value);
        amount = new QueryAmount(value);
        return read;
    }
}
