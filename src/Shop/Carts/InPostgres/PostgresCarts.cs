using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>
/// Carts where no Redis keeps them. Every change locks the cart's row first, so that changes of one cart come after each other: those of every day are made
/// by <see cref="CartClaims"/> for all who wait together, the rare ones here, on the connection of the request.
/// </summary>
internal sealed class PostgresCarts(CartLooks looks, DbSession session, TimeProvider clock) : ICartStore
{
    public async Task<IReadOnlyList<StoredCart>> FindAsync(IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken) =>
        await looks.FindAsync(owners, cancellationToken);

    public async Task<StoredCart?> MergeAsync(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, CancellationToken cancellationToken)
    {
        try
        {
            return await TryMergeAsync(guest, user, limits, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            // A person's first cart, opened at the same moment: what is not there yet cannot be locked in order. Now it is there.
            return await TryMergeAsync(guest, user, limits, cancellationToken);
        }
    }

    private async Task<StoredCart?> TryMergeAsync(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var transaction = await session.BeginAsync(cancellationToken);
        await ExecuteAsync(
            [Patience(), Sql("delete from shop.carts where owner = $1 and expires_at <= $2", Text(user.Name), Time(now)), .. MergeCommands(guest, user, limits, now)], cancellationToken);
        var cart = new CartsRead();
        await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { CartStatements.Read([user.Name]) } })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                cart.Add(reader);
        }

        await transaction.CommitAsync(cancellationToken);
        return cart.Find(user)?.ToStored(user);
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
        await ExecuteAsync([Patience(), .. OrderedCarts.Commands(lines), .. OrderedCarts.CommandsOfMerged(ordered.Owner, ordered.Ref, lines)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ExecuteAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.PrepareAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>As long as the lane waits: whoever has locked a cart for longer keeps its owner waiting, not the lane behind this transaction too.</summary>
    private static NpgsqlBatchCommand Patience() => Sql("set local lock_timeout = '2s'");

    private static NpgsqlBatchCommand Sql(string sql, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(values);
        return command;
    }

    private static NpgsqlParameter Text(string value) => new() { Value = value };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
