using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Npgsql;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>The carts of one batch: locked and read, changed in the order of arrival, and written as they are in the end.</summary>
internal sealed class CartRound(IReadOnlyList<CartRequest> requests) : ClaimRound<CartRequest, CartOutcome>
{
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly CartsRead _stored = new();
    private readonly HashSet<Guid> _ordered = [];
    private readonly Dictionary<long, CartVariant> _variants = [];
    private readonly Dictionary<CartOwner, OpenCart> _carts = [];
    private readonly BatchAnswers _answers = new([.. requests.Select(request => request.Recording?.Ticket).OfType<IdempotencyTicket>()]);
    private DateTimeOffset _now;
    private bool _skipsLocked;

    public override void AddReads(ClaimReads reads)
    {
        (_now, _skipsLocked) = (reads.Now, reads.SkipsLocked);
        string[] owners = [.. requests.SelectMany(OwnersOf).Select(owner => owner.Name).Distinct(StringComparer.Ordinal)];
        reads.Add(CartStatements.Lock(owners, _skipsLocked), row => _locked.Add(row.GetString(0)));
        reads.Add(CartStatements.Read(owners), _stored.Add);
        reads.Add(CartStatements.ReadOrdered(owners), row => _ordered.Add(row.GetGuid(0)));
        reads.Add(CartStatements.ReadVariants([.. requests.Select(request => request.VariantId).Distinct()], owners), row => _variants.Add(row.GetInt64(0), CartVariant.Read(row)));
        if (_answers.Queries(reads.Now) is { Count: > 0 } queries)
            reads.Add(queries, _answers.ReadAsync);
    }

    public override bool LeavesOut(CartRequest request) => _skipsLocked && !IsLocked(request);

    public override CartOutcome Decide(CartRequest request, ClaimDesk desk)
    {
        if (request.Recording is { } known && _answers.Known(known.Ticket) is { } earlier)
            return CartOutcome.From(earlier);
        var outcome = DecideNew(request);
        if (request.Recording is { } first)
            _answers.Store(first.Ticket, first.Write(outcome));
        return outcome;
    }

    public override void AddWrites(NpgsqlBatchCommandCollection writes)
    {
        _answers.AddWrites(writes);
        var expiresAt = _now + CartLimits.Lifetime;
        if (_carts.Values.Select(cart => cart.Dropped).OfType<Guid>().ToArray() is { Length: > 0 } dropped)
            writes.Add(CartStatements.Delete(dropped));
        // In the order of the locks: the unique index makes whoever opens the same cart at another node wait.
        if (_carts.Values.Where(cart => cart.IsNew).OrderByDescending(cart => cart.Owner.Name, StringComparer.Ordinal).ToList() is { Count: > 0 } opened)
            writes.Add(CartStatements.Insert([.. opened.Select(cart => cart.Ref!.Value)], [.. opened.Select(cart => cart.Owner.Name)], expiresAt));
        if (_carts.Values.Where(cart => cart.IsTouched).Select(cart => cart.Ref!.Value).ToArray() is { Length: > 0 } touched)
            writes.Add(CartStatements.Touch(touched, expiresAt));
        if (_carts.Values.SelectMany(cart => cart.Removed, (cart, variantId) => (cart.Ref!.Value, variantId)).ToList() is { Count: > 0 } removed)
            writes.Add(CartStatements.DeleteLines(removed));
        if (_carts.Values.SelectMany(cart => cart.Put, (cart, line) => (cart.Ref!.Value, line)).ToList() is { Count: > 0 } put)
            writes.Add(CartStatements.PutLines(put));
    }

    private CartOutcome DecideNew(CartRequest request)
    {
        // Another node may have opened one between the locks and the reading.
        if (!IsLocked(request) || (request.LeftBehind is { } guest && Open(guest).Ref is not null))
            return CartClaims.Unready;
        var cart = Open(request.Owner);
        if (cart.Now is { } before && _ordered.Any(before.HasTaken))
            return CartClaims.Unready;
        switch (request.Wish)
        {
            case CartWish.Empty:
                cart.Empty();
                break;
            case CartWish.Remove:
                cart.Remove(request.VariantId);
                break;
            default:
                if (Put(request, cart) is { } refusal)
                    return refusal;
                break;
        }

        return new FilledCart(cart.Now, _variants);
    }

    private Problem? Put(CartRequest request, OpenCart cart)
    {
        if (CartRefusals.Find(new FilledCart(cart.Now, _variants), request.VariantId, request.Quantity) is { } impossible)
            return impossible;
        if (!cart.HasRoomFor(request.VariantId))
            return CartRefusals.Full();
        var variant = _variants[request.VariantId];
        var quantity = request.Quantity + (request.Wish == CartWish.Add ? cart.QuantityOf(request.VariantId) : 0);
        if (quantity > CartRefusals.LimitOf(variant))
            return CartRefusals.OverLimit(variant);
        cart.Set(new CartLine(request.VariantId, quantity, variant.Price), _now);
        return null;
    }

    private OpenCart Open(CartOwner owner) =>
        _carts.TryGetValue(owner, out var cart) ? cart : _carts[owner] = new OpenCart(owner, _stored.Find(owner), _now);

    /// <summary>Nobody else changes what is there of the caller's until the commit.</summary>
    private bool IsLocked(CartRequest request) => OwnersOf(request).All(owner => _stored.Find(owner) is null || _locked.Contains(owner.Name));

    private static IEnumerable<CartOwner> OwnersOf(CartRequest request) => request.LeftBehind is { } guest ? [request.Owner, guest] : [request.Owner];
}
