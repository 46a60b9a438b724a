using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>The statements of a batch of carts; each handles all its rows at once.</summary>
internal static class CartStatements
{
    private static readonly string s_variants = CartVariant.Select(
        "select unnest($1) union select l.variant_id from unnest($2) as wanted (owner) join shop.carts c using (owner) join shop.cart_lines l on l.cart_ref = c.ref");

    /// <summary>People before guests, as a merge locks them. One column, the owner.</summary>
    public static NpgsqlBatchCommand Lock(string[] owners, bool skipLocked) => new($"""
        select c.owner from unnest($1) as wanted (owner) join shop.carts c using (owner)
        order by c.owner desc for update of c{(skipLocked ? " skip locked" : "")}
        """)
    {
        Parameters = { Array(owners) },
    };

    /// <summary>For <see cref="CartsRead"/>, also those whose time is over. A statement of its own: it must see what was committed before the locks were got.</summary>
    public static NpgsqlBatchCommand Read(string[] owners) => new("""
        select c.owner, c.ref, c.merged, c.expires_at, l.variant_id, l.quantity, l.seen_price, l.added_at
        from unnest($1) as wanted (owner) join shop.carts c using (owner) left join shop.cart_lines l on l.cart_ref = c.ref
        order by l.added_at, l.variant_id
        """)
    {
        Parameters = { Array(owners) },
    };

    /// <summary>For <see cref="CartVariant.Read"/>: those named, and those in the carts of these owners.</summary>
    public static NpgsqlBatchCommand ReadVariants(long[] ids, string[] owners) => new(s_variants) { Parameters = { Array(ids), Array(owners) } };

    /// <summary>Which of these carts, or of what was merged into them, have become orders. One column, the ref.</summary>
    public static NpgsqlBatchCommand ReadOrdered(string[] owners) => new("""
        select o.cart_ref from unnest($1) as wanted (owner) join shop.carts c using (owner) join shop.orders o on o.cart_ref = c.ref
        union all
        select o.cart_ref from unnest($1) as wanted (owner) join shop.carts c using (owner) cross join unnest(c.merged) as m (ref) join shop.orders o on o.cart_ref = m.ref
        """)
    {
        Parameters = { Array(owners) },
    };

    public static NpgsqlBatchCommand Delete(Guid[] refs) => new("delete from shop.carts where ref = any ($1)") { Parameters = { Array(refs) } };

    public static NpgsqlBatchCommand Insert(Guid[] refs, string[] owners, DateTimeOffset expiresAt) => new(
        "insert into shop.carts (ref, owner, expires_at) select *, $3 from unnest($1, $2)")
    {
        Parameters = { Array(refs), Array(owners), Time(expiresAt) },
    };

    public static NpgsqlBatchCommand Touch(Guid[] refs, DateTimeOffset expiresAt) => new("update shop.carts set expires_at = $2 where ref = any ($1)")
    {
        Parameters = { Array(refs), Time(expiresAt) },
    };

    /// <summary>The same by whom others need not wait for: carts that somebody is changing are kept alive by that.</summary>
    public static NpgsqlBatchCommand TouchUnlocked(Guid[] refs, DateTimeOffset expiresAt) => new(
        "update shop.carts c set expires_at = $2 from (select ref from shop.carts where ref = any ($1) for update skip locked) free where c.ref = free.ref")
    {
        Parameters = { Array(refs), Time(expiresAt) },
    };

    public static NpgsqlBatchCommand DeleteLines(IReadOnlyList<(Guid Ref, long VariantId)> lines) => new("""
        delete from shop.cart_lines l using unnest($1, $2) as gone (cart_ref, variant_id) where l.cart_ref = gone.cart_ref and l.variant_id = gone.variant_id
        """)
    {
        Parameters = { Array([.. lines.Select(line => line.Ref)]), Array([.. lines.Select(line => line.VariantId)]) },
    };

    public static NpgsqlBatchCommand PutLines(IReadOnlyList<(Guid Ref, PlacedLine Placed)> lines) => new("""
        insert into shop.cart_lines (cart_ref, variant_id, quantity, seen_price, added_at) select * from unnest($1, $2, $3, $4, $5)
        on conflict (cart_ref, variant_id) do update set quantity = excluded.quantity, seen_price = excluded.seen_price
        """)
    {
        Parameters =
        {
            Array([.. lines.Select(line => line.Ref)]),
            Array([.. lines.Select(line => line.Placed.Line.VariantId)]),
            Array([.. lines.Select(line => line.Placed.Line.Quantity)]),
            Array([.. lines.Select(line => line.Placed.Line.SeenPrice)]),
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. lines.Select(line => line.Placed.At.UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
        },
    };

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset value) => new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
