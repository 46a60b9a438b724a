using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Carts;

/// <summary>
/// Carts of one node, on the connection of the request. Every change locks the cart's row first, so that changes of one cart come after
/// each other. The statements of every order are prepared: to plan them costs the database more than to run them.
/// </summary>
internal sealed class PostgresCarts(DbSession session, TimeProvider clock) : ICartStore
{
    // Who only looks writes no more often than this.
    private static readonly TimeSpan s_touchAfter = TimeSpan.FromHours(1);

    private const string ReadSql = """
        select c.owner, c.ref, l.variant_id, l.quantity, l.seen_price, c.merged
        from shop.carts c left join shop.cart_lines l on l.cart_ref = c.ref
        where c.owner in ($1, $2) and c.expires_at > $3
        order by l.added_at, l.variant_id
        """;

    public async Task<IReadOnlyList<StoredCart>> FindAsync(IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken)
    {
        await using var open = await session.OpenAsync(cancellationToken);
        var now = clock.Now();
        await using var batch = new NpgsqlBatch(session.Connection)
        {
            BatchCommands =
            {
                // Only their own cart, which the other ways in lock first too.
                Sql("update shop.carts set expires_at = $3 where owner = $1 and expires_at > $2 and expires_at < $4",
                    Text(owners[0].Name), Time(now), Time(now + CartLimits.Lifetime), Time(now + CartLimits.Lifetime - s_touchAfter)),
                Read(owners, now),
            },
        };
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadCartsAsync(reader, owners, cancellationToken);
    }

    public Task<CartChange> AddAsync(CartOwner owner, CartLine line, int limit, CancellationToken cancellationToken) =>
        PutAsync(owner, line, limit, "cart_lines.quantity + excluded.quantity", cancellationToken);

    public Task<CartChange> SetAsync(CartOwner owner, CartLine line, CancellationToken cancellationToken) =>
        PutAsync(owner, line, CartLimits.MostOfOne, "excluded.quantity", cancellationToken);

    private async Task<CartChange> PutAsync(CartOwner owner, CartLine line, int limit, string sum, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var transaction = await session.BeginAsync(cancellationToken);
        var put = Sql(
            $"""
            insert into shop.cart_lines (cart_ref, variant_id, quantity, seen_price, added_at)
            select ref, $2, $3, $4, $5 from shop.carts
            where owner = $1 and $3 <= $6
                and (select count(*) from shop.cart_lines l where l.cart_ref = ref and l.variant_id <> $2) < {CartLimits.MostLines}
            on conflict (cart_ref, variant_id) do update set quantity = {sum}, seen_price = excluded.seen_price where {sum} <= $6
            """,
            Text(owner.Name), Number(line.VariantId), Int(line.Quantity), new() { Value = line.SeenPrice, NpgsqlDbType = NpgsqlDbType.Numeric }, Time(now), Int(limit));
        StoredCart cart;
        await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { DropIfExpired(owner, now), Open(owner, now), put, Read([owner], now) } })
        {
            await batch.PrepareAsync(cancellationToken);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            cart = (await ReadCartsAsync(reader, [owner], cancellationToken))[0];
        }

        if (put.RecordsAffected == 0)
        {
            // Rolled back: a refusal opens no cart.
            var others = cart.Lines.Count(other => other.VariantId != line.VariantId);
            return new CartChange(Cart: null, others < CartLimits.MostLines ? CartRefusal.OverLimit : CartRefusal.Full);
        }

        await transaction.CommitAsync(cancellationToken);
        return new CartChange(cart, Refusal: null);
    }

    public async Task<StoredCart?> RemoveAsync(CartOwner owner, long variantId, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var transaction = await session.BeginAsync(cancellationToken);
        IReadOnlyList<StoredCart> carts;
        await using (var batch = new NpgsqlBatch(session.Connection)
        {
            BatchCommands =
            {
                Sql("update shop.carts set expires_at = $3 where owner = $1 and expires_at > $2", Text(owner.Name), Time(now), Time(now + CartLimits.Lifetime)),
                Sql("delete from shop.cart_lines where variant_id = $2 and cart_ref = (select ref from shop.carts where owner = $1)", Text(owner.Name), Number(variantId)),
                Read([owner], now),
            },
        })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
            carts = await ReadCartsAsync(reader, [owner], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return carts.Count == 0 ? null : carts[0];
    }

    public async Task EmptyAsync(CartOwner owner, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await ExecuteAsync([Sql("delete from shop.carts where owner = $1", Text(owner.Name))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<StoredCart?> MergeAsync(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var transaction = await session.BeginAsync(cancellationToken);
        IReadOnlyList<StoredCart> carts;
        await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { DropIfExpired(user, now) } })
        {
            foreach (var command in MergeCommands(guest, user, limits, now))
                batch.BatchCommands.Add(command);
            batch.BatchCommands.Add(Read([user], now));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            carts = await ReadCartsAsync(reader, [user], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return carts.Count == 0 ? null : carts[0];
    }

    /// <summary>The user's row is locked before the guest's, always: whoever comes second finds no guest's cart any more.</summary>
    private static IEnumerable<NpgsqlBatchCommand> MergeCommands(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, DateTimeOffset now)
    {
        const string Pairs = """
            with pair as (
                select g.variant_id, g.quantity, g.seen_price, g.added_at, u.ref as into_ref, coalesce(l.limit_to, 999) as limit_to
                from shop.carts f join shop.cart_lines g on g.cart_ref = f.ref cross join shop.carts u
                left join unnest($3, $4) as l(variant_id, limit_to) on l.variant_id = g.variant_id
                where f.owner = $1 and f.expires_at > $5 and u.owner = $2)
            """;
        NpgsqlParameter[] Values() =>
        [
            Text(guest.Name), Text(user.Name), new() { Value = limits.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            new() { Value = limits.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer }, Time(now),
        ];
        yield return Sql(
            """
            insert into shop.carts (ref, owner, expires_at) select gen_random_uuid(), $1, $2 from shop.carts where owner = $3 and expires_at > $4
            on conflict (owner) do update set expires_at = excluded.expires_at
            """,
            Text(user.Name), Time(now + CartLimits.Lifetime), Text(guest.Name), Time(now));
        yield return Sql("select 1 from shop.carts where owner = $1 for update", Text(guest.Name));
        yield return Sql(
            $"""
            update shop.carts u set merged = (u.merged || g.ref)[greatest(1, cardinality(u.merged) + 2 - {CartLimits.MostMerged}):]
            from shop.carts g where u.owner = $2 and g.owner = $1 and g.expires_at > $3
            """, Text(guest.Name), Text(user.Name), Time(now));
        // A cart without lines takes the ref over: the guest's has to give it away first.
        yield return Sql(
            """
            update shop.carts g set ref = gen_random_uuid() from shop.carts u
            where g.owner = $1 and u.owner = $2 and u.merged[cardinality(u.merged)] = g.ref and not exists (select from shop.cart_lines l where l.cart_ref = u.ref)
            """, Text(guest.Name), Text(user.Name));
        yield return Sql(
            """
            update shop.carts u set ref = u.merged[cardinality(u.merged)], merged = trim_array(u.merged, 1) from shop.carts g
            where g.owner = $1 and g.expires_at > $3 and u.owner = $2 and u.merged[cardinality(u.merged)] <> g.ref
            """, Text(guest.Name), Text(user.Name), Time(now));
        yield return Sql(
            $"""
            {Pairs}
            update shop.cart_lines l set quantity = least(l.quantity + p.quantity, p.limit_to), seen_price = p.seen_price
            from pair p where l.cart_ref = p.into_ref and l.variant_id = p.variant_id and p.limit_to > 0
            """, Values());
        yield return Sql(
            $"""
            {Pairs}
            insert into shop.cart_lines (cart_ref, variant_id, quantity, seen_price, added_at)
            select p.into_ref, p.variant_id, least(p.quantity, p.limit_to), p.seen_price, p.added_at from pair p
            where p.limit_to > 0 and not exists (select from shop.cart_lines l where l.cart_ref = p.into_ref and l.variant_id = p.variant_id)
            order by p.added_at, p.variant_id
            limit (select greatest(0, {CartLimits.MostLines} - count(*)) from shop.carts c join shop.cart_lines l on l.cart_ref = c.ref where c.owner = $2)
            """, Values());
        yield return Sql("delete from shop.carts where owner = $1", Text(guest.Name));
    }

    public bool AreEmptiedWithTheOrder => true;

    public async Task ForgetAsync(StoredCart ordered, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        OrderedCartLine[] lines = [.. ordered.Lines.Select(line => new OrderedCartLine(ordered.Ref, line.VariantId, line.Quantity))];
        await ExecuteAsync([.. OrderedCarts.Commands(lines), .. OrderedCarts.CommandsOfMerged(ordered.Owner, ordered.Ref, lines)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand DropIfExpired(CartOwner owner, DateTimeOffset now) =>
        Sql("delete from shop.carts where owner = $1 and expires_at <= $2", Text(owner.Name), Time(now));

    private static NpgsqlBatchCommand Open(CartOwner owner, DateTimeOffset now) => Sql(
        "insert into shop.carts (ref, owner, expires_at) values (gen_random_uuid(), $1, $2) on conflict (owner) do update set expires_at = excluded.expires_at",
        Text(owner.Name), Time(now + CartLimits.Lifetime));

    /// <summary>Of one owner or two: for a list of any length the statement would be planned anew each time.</summary>
    private static NpgsqlBatchCommand Read(IReadOnlyList<CartOwner> owners, DateTimeOffset now) =>
        Sql(ReadSql, Text(owners[0].Name), Text(owners[^1].Name), Time(now));

    /// <summary>From before the first result set that has columns.</summary>
    private static async Task<IReadOnlyList<StoredCart>> ReadCartsAsync(NpgsqlDataReader reader, IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken)
    {
        // Locking statements come before it and return other columns.
        while (reader.FieldCount < 6)
            await reader.NextResultAsync(cancellationToken);
        var found = new Dictionary<string, (Guid Ref, Guid[] Merged, List<CartLine> Lines)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            var owner = reader.GetString(0);
            if (!found.TryGetValue(owner, out var cart))
                found.Add(owner, cart = (reader.GetGuid(1), reader.GetFieldValue<Guid[]>(5), []));
            if (!reader.IsDBNull(2))
                cart.Lines.Add(new CartLine(reader.GetInt64(2), reader.GetInt32(3), reader.GetDecimal(4)));
        }

        return [.. owners.Where(owner => found.ContainsKey(owner.Name)).Select(owner => new StoredCart(found[owner.Name].Ref, owner, found[owner.Name].Lines) { Merged = found[owner.Name].Merged })];
    }

    private async Task ExecuteAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.PrepareAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Sql(string sql, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(values);
        return command;
    }

    private static NpgsqlParameter Text(string value) => new() { Value = value };

    private static NpgsqlParameter Number(long value) => new() { Value = value };

    private static NpgsqlParameter Int(int value) => new() { Value = value };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
