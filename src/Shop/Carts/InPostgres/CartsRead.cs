using Npgsql;

namespace Maydon.Shop.Carts.InPostgres;

/// <param name="At">When it was put in: lines are shown in this order.</param>
internal sealed record PlacedLine(CartLine Line, DateTimeOffset At);

/// <summary>A row of <c>shop.carts</c> and its lines, the first first.</summary>
internal sealed record CartRow(Guid Ref, IReadOnlyList<Guid> Merged, DateTimeOffset ExpiresAt, List<PlacedLine> Lines)
{
    public StoredCart ToStored(CartOwner owner) => new(Ref, owner, [.. Lines.Select(placed => placed.Line)]) { Merged = Merged };
}

/// <summary>What <see cref="CartStatements.Read"/> returned, by owner.</summary>
internal sealed class CartsRead
{
    private readonly Dictionary<string, CartRow> _carts = new(StringComparer.Ordinal);

    public CartRow? Find(CartOwner owner) => _carts.GetValueOrDefault(owner.Name);

    /// <summary>A row for each line, or one for a cart without any.</summary>
    public void Add(NpgsqlDataReader row)
    {
        var owner = row.GetString(0);
        if (!_carts.TryGetValue(owner, out var cart))
            _carts.Add(owner, cart = new CartRow(row.GetGuid(1), row.GetFieldValue<Guid[]>(2), row.GetFieldValue<DateTimeOffset>(3), []));
        if (!row.IsDBNull(4))
            cart.Lines.Add(new PlacedLine(new CartLine(row.GetInt64(4), row.GetInt32(5), row.GetDecimal(6)), row.GetFieldValue<DateTimeOffset>(7)));
    }
}
