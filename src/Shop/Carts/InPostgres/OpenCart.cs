namespace Maydon.Shop.Carts.InPostgres;

/// <summary>Somebody's cart while a batch decides: as it is stored, and as the decisions so far have changed it.</summary>
internal sealed class OpenCart
{
    private readonly CartRow? _stored;
    private readonly HashSet<long> _put = [];
    private readonly HashSet<long> _removed = [];
    private CartRow? _now;
    private bool _isTouched;

    /// <param name="stored">Null where there is none. One whose time is over is none either.</param>
    public OpenCart(CartOwner owner, CartRow? stored, DateTimeOffset now)
    {
        (Owner, _stored) = (owner, stored);
        _now = stored is not null && stored.ExpiresAt > now ? stored with { Lines = [.. stored.Lines] } : null;
    }

    public CartOwner Owner { get; }

    /// <summary>Null where there is no cart.</summary>
    public StoredCart? Now => _now?.ToStored(Owner);

    /// <summary>Null when it is to be deleted, or was not there.</summary>
    public Guid? Ref => _now?.Ref;

    /// <summary>The stored row that is to be deleted.</summary>
    public Guid? Dropped => _stored is not null && _now?.Ref != _stored.Ref && (_isTouched || _now is not null) ? _stored.Ref : null;

    public bool IsNew => _now is not null && _now.Ref != _stored?.Ref;

    /// <summary>Stored as it was but for its lines, and to live on.</summary>
    public bool IsTouched => _isTouched && _now is not null && !IsNew;

    public IEnumerable<PlacedLine> Put => _now?.Lines.Where(placed => _put.Contains(placed.Line.VariantId)) ?? [];

    /// <summary>Stored lines that are to be deleted.</summary>
    public IEnumerable<long> Removed => IsNew ? [] : _removed;

    public int QuantityOf(long variantId) => FindIndex(variantId) is >= 0 and var place ? _now!.Lines[place].Line.Quantity : 0;

    public bool HasRoomFor(long variantId) => _now is null || _now.Lines.Count < CartLimits.MostLines || FindIndex(variantId) >= 0;

    /// <summary>From now on there is so much of it; opens a cart where there is none.</summary>
    public void Set(CartLine line, DateTimeOffset now)
    {
        // Ids in the order of time go to one end of the indexes.
        _now ??= new CartRow(Guid.CreateVersion7(now), [], default, []);
        var place = FindIndex(line.VariantId);
        // Of two lines of the same moment the second stays behind the first.
        if (place < 0)
            _now.Lines.Add(new PlacedLine(line, _now.Lines is [.., var last] && last.At >= now ? last.At.AddMicroseconds(1) : now));
        else
            _now.Lines[place] = _now.Lines[place] with { Line = line };
        _put.Add(line.VariantId);
        _isTouched = true;
    }

    public void Remove(long variantId)
    {
        if (FindIndex(variantId) is >= 0 and var place)
        {
            _now!.Lines.RemoveAt(place);
            _put.Remove(variantId);
            _removed.Add(variantId);
        }

        _isTouched = true;
    }

    public void Empty()
    {
        _now = null;
        _put.Clear();
        _removed.Clear();
        _isTouched = true;
    }

    private int FindIndex(long variantId) => _now?.Lines.FindIndex(placed => placed.Line.VariantId == variantId) ?? -1;
}
