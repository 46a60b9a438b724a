using System.Globalization;

namespace Maydon.Shop.Carts;

/// <summary>Whose cart: a person's, or that of a guest known by the SHA-256 of their secret.</summary>
internal sealed record CartOwner
{
    private CartOwner(string name) => Name = name;

    public long? UserId { get; private init; }
    public byte[]? GuestHash { get; private init; }

    /// <summary><c>user:42</c> or <c>guest:</c> and the hash.</summary>
    public string Name { get; }

    public static CartOwner Of(long userId) => new($"user:{userId.ToString(CultureInfo.InvariantCulture)}") { UserId = userId };

    public static CartOwner Of(byte[] guestHash) => new($"guest:{Convert.ToHexStringLower(guestHash)}") { GuestHash = guestHash };

    public bool Equals(CartOwner? other) => other?.Name == Name;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}

/// <param name="SeenPrice">When it was put in.</param>
internal sealed record CartLine(long VariantId, int Quantity, decimal SeenPrice);

/// <summary>A cart as it was read.</summary>
/// <param name="Ref">What an order remembers: a cart that has become an order never becomes another.</param>
/// <param name="Lines">In the order in which they were put in; empty for a cart out of which everything was taken.</param>
internal sealed record StoredCart(Guid Ref, CartOwner Owner, IReadOnlyList<CartLine> Lines)
{
    /// <summary>The refs of guests' carts whose lines were put into this one, the last of them: when such a cart becomes an order after all, its lines were these.</summary>
    public IReadOnlyList<Guid> Merged { get; init; } = [];

    /// <summary>Whether what was in the cart with this ref is here now.</summary>
    public bool HasTaken(Guid other) => Ref == other || Merged.Contains(other);
}

internal static class CartLimits
{
    public const int MostLines = 100;
    public const int MostOfOne = 999;

    /// <summary>How many merged carts one remembers.</summary>
    public const int MostMerged = 10;

    /// <summary>From the last touch.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
}

/// <summary>
/// Where carts lie: PostgreSQL, or Redis for many nodes. Every method is atomic, and each change of a cart lets it live for another
/// <see cref="CartLimits.Lifetime"/>. Whether a cart has become an order only PostgreSQL knows: <see cref="CallersCart"/> asks it. What people change
/// in their carts is <see cref="ICartChanges"/>.
/// </summary>
internal interface ICartStore
{
    /// <summary>The carts that there are of these owners. Looking at a cart keeps it alive too.</summary>
    Task<IReadOnlyList<StoredCart>> FindAsync(IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the guest's lines into the user's cart, once however many ask at the same time: quantities add up to no more than the limit of
    /// their variant, of which there is at least <see cref="CartLimits.MostOfOne"/> where none is named. What is limited to nothing is left out, and so
    /// is what comes after <see cref="CartLimits.MostLines"/>. The guest's cart is gone: one that was empty before takes its ref over, any other remembers it
    /// (<see cref="StoredCart.Merged"/>), as a checkout of the guest's may be under way.
    /// </summary>
    Task<StoredCart?> MergeAsync(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, CancellationToken cancellationToken);

    /// <summary>Carts lie beside the orders: what is ordered is taken out of them in the order's transaction (<see cref="OrderedCarts"/>), and nothing is to be done after it.</summary>
    bool AreEmptiedWithTheOrder { get; }

    /// <summary>
    /// After the order was committed: takes exactly what was ordered out of the cart with this <see cref="StoredCart.Ref"/>, and gives what is
    /// left another one. Of a cart that was merged into another, what was ordered is taken out of that one, which keeps its ref. Nothing happens when that was
    /// done already.
    /// </summary>
    Task ForgetAsync(StoredCart ordered, CancellationToken cancellationToken);
}
