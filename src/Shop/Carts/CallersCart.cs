using Maydon.Kernel.Http;

namespace Maydon.Shop.Carts;

/// <summary>A cart with what its lines stand for.</summary>
/// <param name="Cart">Null when there is none.</param>
/// <param name="Variants">At least those of the cart's lines that are in the database.</param>
internal sealed record FilledCart(StoredCart? Cart, IReadOnlyDictionary<long, CartVariant> Variants);

/// <summary>
/// The cart of whoever asks: a person's own, or that of a guest's browser. A person whose browser still has a guest's cart finds it in their
/// own; a cart that has become an order is found without what was ordered.
/// </summary>
internal sealed class CallersCart(ICartStore store, CartVariants variants, CurrentUser user, CurrentGuest guest)
{
    /// <summary>Null for a stranger, who has none.</summary>
    public CartOwner? Owner => user.IdOrNull is { } id ? CartOwner.Of(id) : GuestOwner;

    /// <summary>The guest's of a person's browser: should there be a cart of theirs, it is found in the person's own from then on.</summary>
    public CartOwner? LeftBehind => user.IdOrNull is null ? null : GuestOwner;

    private CartOwner? GuestOwner => guest.Hash is { } hash ? CartOwner.Of(hash) : null;

    /// <summary>A stranger gets an <see cref="Owner"/> too, unless that is refused: what is stored under it is lost unless the guest is remembered.</summary>
    public async Task<Problem?> SeeToOwnerAsync(CancellationToken cancellationToken) => Owner is null ? await guest.MakeKnownAsync(cancellationToken) : null;

    public void RememberGuest() => guest.Remember();

    /// <param name="alsoOf">Variants that are asked about beside those of the cart.</param>
    public async Task<FilledCart> FindAsync(CancellationToken cancellationToken, params long[] alsoOf)
    {
        if (Owner is not { } owner)
            return new FilledCart(Cart: null, (await variants.ReadAsync(alsoOf, [], cancellationToken)).Variants);
        var (carts, known) = await FindUnspentAsync(LeftBehind is { } browser ? [owner, browser] : [owner], alsoOf, cancellationToken);
        var own = carts.FirstOrDefault(cart => cart.Owner == owner);
        if (carts.FirstOrDefault(cart => cart.Owner != owner) is not { } left)
            return new FilledCart(own, known);
        var limits = left.Lines.ToDictionary(line => line.VariantId, line => known.GetValueOrDefault(line.VariantId) is { } variant ? Math.Min(variant.Available, CartLimits.MostOfOne) : 0);
        return await FillAsync(await store.MergeAsync(left.Owner, owner, limits, cancellationToken), known, cancellationToken);
    }

    /// <summary>
    /// The cart for the checkout, which itself reads what the lines stand for, and whether it has become an order, under the locks of their stock.
    /// </summary>
    public async Task<StoredCart?> FindStoredAsync(CancellationToken cancellationToken)
    {
        if (Owner is not { } owner)
            return null;
        var carts = await store.FindAsync(LeftBehind is { } browser ? [owner, browser] : [owner], cancellationToken);
        return carts.Any(cart => cart.Owner != owner) ? (await FindAsync(cancellationToken)).Cart : carts.SingleOrDefault();
    }

    /// <summary>A cart that was just changed, with what is known already and what is not.</summary>
    public async Task<FilledCart> FillAsync(StoredCart? cart, IReadOnlyDictionary<long, CartVariant> known, CancellationToken cancellationToken)
    {
        long[] unknown = cart is null ? [] : [.. cart.Lines.Select(line => line.VariantId).Where(id => !known.ContainsKey(id))];
        if (unknown.Length == 0)
            return new FilledCart(cart, known);
        var (others, _) = await variants.ReadAsync(unknown, [], cancellationToken);
        return new FilledCart(cart, known.Concat(others).ToDictionary());
    }

    private async Task<(IReadOnlyList<StoredCart> Carts, IReadOnlyDictionary<long, CartVariant> Variants)> FindUnspentAsync(
        IReadOnlyList<CartOwner> owners, long[] alsoOf, CancellationToken cancellationToken)
    {
        while (true)
        {
            var carts = await store.FindAsync(owners, cancellationToken);
            var (known, ordered) = await variants.ReadAsync([.. carts.SelectMany(cart => cart.Lines).Select(line => line.VariantId).Concat(alsoOf).Distinct()], carts, cancellationToken);
            if (ordered.Count == 0)
                return (carts, known);
            foreach (var spent in ordered)
                await store.ForgetAsync(spent, cancellationToken);
        }
    }
}
