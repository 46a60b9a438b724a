using System.Globalization;

namespace Maydon.Shop.Orders.Receipts;

/// <summary>Amounts as people read them: in English 1,234.50, else 1 234,50 as in Uzbekistan.</summary>
internal static class MoneyText
{
    private static readonly NumberFormatInfo s_english = CultureInfo.InvariantCulture.NumberFormat;

    // Blanks that do not break, so that a number stays on its line.
    private static readonly NumberFormatInfo s_local = new() { NumberGroupSeparator = "\u00a0", NumberDecimalSeparator = "," };

    public static string Tell(CultureInfo language, decimal amount) => amount.ToString("#,##0.00", language.Name == "en" ? s_english : s_local);

    public static string Tell(CultureInfo language, decimal amount, string currency) => $"{Tell(language, amount)}\u00a0{currency}";
}
