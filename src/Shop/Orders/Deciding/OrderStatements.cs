using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>The statements of a batch of orders; each handles all its rows at once.</summary>
internal static class OrderStatements
{
    private const string Columns = """
        o.id, o.number, o.user_id, o.guest_hash, o.cart_ref, o.status, o.full_name, o.email, o.phone, o.address, o.note, o.language, o.currency, o.total, o.claim_id,
        o.hold_expires_at, o.created_at, o.updated_at, o.paid_at, o.shipped_at, o.delivered_at, o.cancelled_at, o.cancel_reason,
        l.variant_id, l.product_id, l.sku, l.product_name, l.attributes::text, l.price, l.quantity
        """;

    // Two look-ups by their own index: one condition with "or" would look at every order.
    private const string Wanted = "select id from shop.orders where id = any($1) union select id from shop.orders where claim_id = any($2)";

    /// <summary>For <see cref="ReadState"/> and <see cref="ReadLine"/>: a row for each line.</summary>
    public static NpgsqlBatchCommand Read(long[] ids, long[] claimIds) => new($"{Select(Wanted)} order by l.order_id, l.variant_id")
    {
        Parameters = { Array(ids), Array(claimIds) },
    };

    /// <inheritdoc cref="Read"/>
    public static NpgsqlBatchCommand ReadOfCarts(Guid[] cartRefs) => new(
        $"select {Columns} from unnest($1) as wanted (cart_ref) join shop.orders o using (cart_ref) join shop.order_lines l on l.order_id = o.id order by l.order_id, l.variant_id")
    {
        Parameters = { Array(cartRefs) },
    };

    /// <summary>The same for the orders whose ids <paramref name="wanted"/> selects; the caller says in which order, the lines of one after each other.</summary>
    public static string Select(string wanted) => $"select {Columns} from ({wanted}) wanted join shop.orders o using (id) join shop.order_lines l on l.order_id = o.id";

    /// <summary>The claims of these orders, and the claims themselves: one without an order can still be released.</summary>
    public static NpgsqlBatchCommand ClaimsOf(long[] ids, long[] claimIds) => new("select claim_id from shop.orders where id = any($1) union select unnest($2)")
    {
        Parameters = { Array(ids), Array(claimIds) },
    };

    public static OrderState ReadState(NpgsqlDataReader row, IReadOnlyList<OrderLine> lines) => new()
    {
        Id = row.GetInt64(0),
        Number = row.GetString(1),
        UserId = row.IsDBNull(2) ? null : row.GetInt64(2),
        GuestHash = row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
        CartRef = row.GetGuid(4),
        Status = row.GetString(5),
        Contact = new OrderContact(row.GetString(6), row.GetString(7), row.GetString(8), row.GetString(9), row.IsDBNull(10) ? null : row.GetString(10)),
        Language = row.GetString(11),
        Currency = row.GetString(12),
        Total = row.GetDecimal(13),
        ClaimId = row.GetInt64(14),
        HoldExpiresAt = ReadTime(row, 15),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(16),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(17),
        PaidAt = ReadTime(row, 18),
        ShippedAt = ReadTime(row, 19),
        DeliveredAt = ReadTime(row, 20),
        CancelledAt = ReadTime(row, 21),
        CancelReason = row.IsDBNull(22) ? null : row.GetString(22),
        Lines = lines,
    };

    public static OrderLine ReadLine(NpgsqlDataReader row) => new(
        row.GetInt64(23), row.GetInt64(24), row.GetString(25), row.GetString(26), row.GetString(27), row.GetDecimal(28), row.GetInt32(29));

    public static NpgsqlBatchCommand Insert(IReadOnlyList<OrderState> orders) => new("""
        insert into shop.orders (id, number, user_id, guest_hash, cart_ref, status, full_name, email, phone, address, note, language, currency, total, claim_id,
            hold_expires_at, created_at, updated_at, unpaid_place, goods)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """)
    {
        Parameters =
        {
            Array(orders, order => order.Id),
            Array(orders, order => order.Number),
            Array(orders, order => order.UserId),
            Array(orders, order => order.GuestHash, NpgsqlDbType.Bytea),
            Array(orders, order => order.CartRef),
            Array(orders, order => order.Status),
            Array(orders, order => order.Contact.FullName),
            Array(orders, order => order.Contact.Email),
            Array(orders, order => order.Contact.Phone),
            Array(orders, order => order.Contact.Address),
            Array(orders, order => order.Contact.Note, NpgsqlDbType.Text),
            Array(orders, order => order.Language),
            Array(orders, order => order.Currency),
            Array(orders, order => order.Total),
            Array(orders, order => order.ClaimId),
            Times(orders, order => order.HoldExpiresAt),
            Times(orders, order => order.CreatedAt),
            Times(orders, order => order.UpdatedAt),
            Array(orders, order => order.UnpaidPlace),
            Array(orders, order => string.Join(' ', order.Lines.Select(line => $"{line.Sku} {line.ProductName}"))),
        },
    };

    public static NpgsqlBatchCommand InsertLines(IReadOnlyList<OrderState> orders)
    {
        var lines = orders.SelectMany(order => order.Lines, (order, line) => (OrderId: order.Id, Line: line)).ToList();
        return new NpgsqlBatchCommand("""
            insert into shop.order_lines (order_id, variant_id, product_id, sku, product_name, attributes, price, quantity)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
            """)
        {
            Parameters =
            {
                Array(lines, row => row.OrderId),
                Array(lines, row => row.Line.VariantId),
                Array(lines, row => row.Line.ProductId),
                Array(lines, row => row.Line.Sku),
                Array(lines, row => row.Line.ProductName),
                Array(lines, row => row.Line.AttributesJson, NpgsqlDbType.Jsonb),
                Array(lines, row => row.Line.Price),
                Array(lines, row => row.Line.Quantity),
            },
        };
    }

    public static NpgsqlBatchCommand Update(IReadOnlyList<OrderState> orders) => new("""
        update shop.orders o set
            status = n.status, claim_id = n.claim_id, hold_expires_at = n.hold_expires_at, updated_at = n.updated_at, paid_at = n.paid_at,
            shipped_at = n.shipped_at, delivered_at = n.delivered_at, cancelled_at = n.cancelled_at, cancel_reason = n.cancel_reason
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            as n (id, status, claim_id, hold_expires_at, updated_at, paid_at, shipped_at, delivered_at, cancelled_at, cancel_reason)
        where o.id = n.id
        """)
    {
        Parameters =
        {
            Array(orders, order => order.Id),
            Array(orders, order => order.Status),
            Array(orders, order => order.ClaimId),
            Times(orders, order => order.HoldExpiresAt),
            Times(orders, order => order.UpdatedAt),
            Times(orders, order => order.PaidAt),
            Times(orders, order => order.ShippedAt),
            Times(orders, order => order.DeliveredAt),
            Times(orders, order => order.CancelledAt),
            Array(orders, order => order.CancelReason, NpgsqlDbType.Text),
        },
    };

    public static NpgsqlBatchCommand InsertChanges(IReadOnlyList<OrderChange> changes) => new("""
        insert into shop.order_changes (order_id, from_status, to_status, changed_by, reason, at)
        select * from unnest($1, $2, $3, $4, $5, $6)
        """)
    {
        Parameters =
        {
            Array(changes, change => change.OrderId),
            Array(changes, change => change.FromStatus, NpgsqlDbType.Text),
            Array(changes, change => change.ToStatus),
            Array(changes, change => change.ChangedBy),
            Array(changes, change => change.Reason),
            Times(changes, change => change.At),
        },
    };

    private static DateTimeOffset? ReadTime(NpgsqlDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetFieldValue<DateTimeOffset>(ordinal);

    internal static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };

    internal static NpgsqlParameter<T[]> Array<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value) => Array([.. rows.Select(value)]);

    /// <param name="type">Where the values do not say it, because they may all be null or are not what the column is.</param>
    internal static NpgsqlParameter<T[]> Array<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> value, NpgsqlDbType type) =>
        new() { TypedValue = [.. rows.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type };

    internal static NpgsqlParameter<DateTime?[]> Times<TRow>(IReadOnlyList<TRow> rows, Func<TRow, DateTimeOffset?> value) =>
        new() { TypedValue = [.. rows.Select(row => value(row)?.UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
