namespace Maydon.Shop.Payments;

/// <summary>
/// Who takes the money, such as Stripe: one folder each. Its calls go over the network, so they are never made inside a transaction, and each may be
/// repeated: the provider is told apart repeats by the key that a request carries. What can go wrong is a value.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>As payments name it, for good.</summary>
    string Name { get; }

    /// <summary>False without its keys: then it is never called.</summary>
    bool IsSetUp { get; }

    /// <summary>Opens the page on which the buyer pays. Repeated with the same request it answers the same page.</summary>
    Task<ProviderAnswer<OpenedCheckout>> OpenAsync(CheckoutWish wish, CancellationToken cancellationToken);

    /// <summary>How a page that was opened stands now.</summary>
    Task<ProviderAnswer<CheckoutReport>> ReadAsync(string providerId, CancellationToken cancellationToken);

    /// <summary>Closes a page that is open, so that nobody pays there any more; of one that is not open it tells how it stands.</summary>
    Task<ProviderAnswer<CheckoutReport>> CloseAsync(string providerId, CancellationToken cancellationToken);

    /// <summary>Gives back all that is left of a payment; what was given back before, or is on its way, counts as such.</summary>
    Task<ProviderAnswer<RefundReceipt>> RefundAsync(RefundWish wish, CancellationToken cancellationToken);

    /// <summary>How a refund that was begun stands now.</summary>
    Task<ProviderAnswer<RefundReceipt>> ReadRefundAsync(string refundId, CancellationToken cancellationToken);
}

/// <summary>One attempt to have an order paid, with all that the provider shows to the buyer.</summary>
internal sealed record CheckoutWish
{
    public required long PaymentId { get; init; }
    public required long OrderId { get; init; }
    public required int Attempt { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required string Currency { get; init; }
    public required decimal Total { get; init; }
    public required IReadOnlyList<CheckoutWishLine> Lines { get; init; }
    public required string Email { get; init; }
    public required string Language { get; init; }
}

internal sealed record CheckoutWishLine(string Name, decimal Price, int Quantity);

/// <param name="ProviderId">The provider's name of the page.</param>
internal sealed record OpenedCheckout(string ProviderId, string Url);

/// <param name="ProviderPaymentId">The provider's name of the money, once there is any.</param>
internal sealed record CheckoutReport(string ProviderId, CheckoutState State, string? ProviderPaymentId, decimal? Amount, string? Currency);

internal enum CheckoutState
{
    /// <summary>The buyer can pay, or has paid in a way that takes days.</summary>
    Open,
    Paid,

    /// <summary>Nobody can pay there any more, and nobody has.</summary>
    Over,
}

/// <param name="Failures">How many refunds of this payment were refused or failed: a provider may remember its answer under a key, and the next one needs another.</param>
internal sealed record RefundWish(long PaymentId, long OrderId, string ProviderPaymentId, int Failures);

/// <param name="RefundId">The provider's name of the refund.</param>
internal sealed record RefundReceipt(string RefundId, RefundState State);

internal enum RefundState
{
    /// <summary>The provider is about to give it back, which may take days, and fail.</summary>
    Pending,
    Done,
    Failed,
}

/// <summary>Either the value, or why there is none.</summary>
internal sealed record ProviderAnswer<T>(T? Value, ProviderFailure? Failure) where T : class
{
    public static implicit operator ProviderAnswer<T>(T value) => new(value, Failure: null);
    public static implicit operator ProviderAnswer<T>(ProviderFailure failure) => new(Value: null, failure);
}

/// <param name="Reason">For the people who run the shop; no secret and no personal data.</param>
internal sealed record ProviderFailure(FailureKind Kind, string Reason)
{
    /// <summary>The provider's own word for it.</summary>
    public string? Code { get; init; }
}

internal enum FailureKind
{
    /// <summary>No answer, or "not now": whether anything happened is not known, and the same request may be repeated.</summary>
    NoAnswer,

    /// <summary>The provider's own fault, which it may go on to answer whenever the same request is repeated.</summary>
    Fault,

    /// <summary>The provider does not want this request, now or later.</summary>
    Refused,
}

/// <summary>The providers of this server.</summary>
internal sealed class PaymentProviders(IEnumerable<IPaymentProvider> providers)
{
    private readonly IPaymentProvider[] _providers = [.. providers];

    /// <summary>The one that new payments go to; null when payments are not set up.</summary>
    public IPaymentProvider? Current => Array.Find(_providers, provider => provider.IsSetUp);

    /// <summary>Null when this server has it no more, or no longer its keys.</summary>
    public IPaymentProvider? Find(string name) => Array.Find(_providers, provider => provider.Name == name && provider.IsSetUp);
}
