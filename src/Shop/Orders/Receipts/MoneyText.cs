using System.Globalization;
using Maydon.Kernel.Localization;

namespace Maydon.Shop.Orders.Receipts;

/// <summary>Amounts as people read them: in English 1,234.50, else 1 234,50 as in Uzbekistan; whole sums without tiyin, which nobody has paid with for long.</summary>
internal static class MoneyText
{
    private const string Sum = "UZS";

    private static readonly NumberFormatInfo s_english = CultureInfo.InvariantCulture.NumberFormat;

    // Blanks that do not break, so that a number stays on its line.
    private static readonly NumberFormatInfo s_local = new() { NumberGroupSeparator = "\u00a0", NumberDecimalSeparator = "," };

    /// <summary>Without the currency.</summary>
    public static string Amount(CultureInfo language, decimal amount, string currency) =>
        amount.ToString(currency == Sum && decimal.IsInteger(amount) ? "#,##0" : "#,##0.00", language.Name == "en" ? s_english : s_local);

    public static string Tell(CultureInfo language, decimal amount, string currency)
    {
        var number = Amount(language, amount, currency);
        return currency == Sum ? Messages.Text(language, "money_uzs", number).Replace(' ', '\u00a0') : $"{number}\u00a0{currency}";
    }
}
