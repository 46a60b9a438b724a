namespace Maydon.Shop.Payments.Stripe;

/// <summary>Money as Stripe counts it: whole numbers of a currency's smallest unit (https://docs.stripe.com/currencies, read in November 2026).</summary>
internal static class StripeAmounts
{
    private static readonly HashSet<string> s_withoutDecimals =
        ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

    // They have no smaller unit any more, and yet are counted in hundredths ("special cases").
    private static readonly HashSet<string> s_wholeInHundredths = ["ISK", "UGX"];

    // In thousandths, whole tens of them: card networks take no others.
    private static readonly HashSet<string> s_inThousandths = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// <summary>Null when the currency has no coin that small.</summary>
    public static long? ToMinor(decimal amount, string currency)
    {
        var minor = amount * Units(currency);
        return minor % Step(currency) == 0 ? (long)minor : null;
    }

    public static decimal FromMinor(long minor, string currency) => minor / (decimal)Units(currency);

    private static int Units(string currency) => s_withoutDecimals.Contains(currency) ? 1 : s_inThousandths.Contains(currency) ? 1000 : 100;

    private static int Step(string currency) => s_wholeInHundredths.Contains(currency) ? 100 : s_inThousandths.Contains(currency) ? 10 : 1;
}
