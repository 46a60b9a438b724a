namespace Maydon.Shop.Payments.Starting;

/// <summary>
/// How long a buyer has, once they have begun to pay. Whoever begins within the order's first hold (<c>ORDER_HOLD_MINUTES</c>) has until the page
/// closes; nobody begins later. So an order holds its stock at most that hold and <see cref="Lead"/>, however often somebody asks (docs/decisions/0024).
/// </summary>
internal static class PaymentTimes
{
    /// <summary>Stripe takes no page that closes in less than 30 minutes; the rest is for the way there, and for a second try with the same request.</summary>
    public static readonly TimeSpan Page = TimeSpan.FromMinutes(32);

    /// <summary>Between the closing of the page and the end of the hold: somebody who pays in the last second is told of a little later.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Lead = Page + Grace;

    /// <summary>Each is a row and a call: when the provider has failed so often, it goes on failing.</summary>
    public const int MostAttempts = 20;

    /// <summary>So many come as fast as they are asked for.</summary>
    public const int QuickAttempts = 3;

    /// <summary>After each of the others: an outage of minutes uses up no order's attempts.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(90);

    /// <summary>Whole seconds, as providers count.</summary>
    public static DateTimeOffset PageEnd(DateTimeOffset now) => DateTimeOffset.FromUnixTimeSeconds((now + Page).ToUnixTimeSeconds());
}
