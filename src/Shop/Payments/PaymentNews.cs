namespace Maydon.Shop.Payments;

/// <summary>What a provider told us, in words that all providers share. It comes by webhook, or is read because no webhook came.</summary>
internal sealed record PaymentNews
{
    public required string Provider { get; init; }

    /// <summary>Unique per provider: what comes again changes nothing.</summary>
    public required string EventId { get; init; }
    public required string Type { get; init; }
    public required NewsKind Kind { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>As it came.</summary>
    public required string PayloadJson { get; init; }

    /// <summary>The page that was opened.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The money.</summary>
    public string? ProviderPaymentId { get; init; }

    /// <summary>What we wrote on it when we opened the page; only where it says that it is from this very site.</summary>
    public long? PaymentId { get; init; }

    /// <summary>The provider's name of the refund, where the news is about one.</summary>
    public string? RefundId { get; init; }

    /// <summary>What was paid in all or, of <see cref="NewsKind.Refunded"/>, what has gone back in all.</summary>
    public decimal? Amount { get; init; }
    public string? Currency { get; init; }
}

internal enum NewsKind
{
    /// <summary>Of no meaning to orders.</summary>
    Other,

    /// <summary>The buyer is through, and the money is ours.</summary>
    Paid,

    /// <summary>The buyer is through, and the money comes later or never.</summary>
    Unpaid,

    /// <summary>Nobody has paid, and nobody can any more.</summary>
    Over,

    /// <summary>Money goes back, all of it or some.</summary>
    Refunded,

    /// <summary>A refund has arrived.</summary>
    RefundDone,

    /// <summary>A refund did not arrive, and the money is here again.</summary>
    RefundFailed,
}
