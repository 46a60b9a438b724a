using Maydon.Inventory;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Stock;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Carts;

/// <summary>What a cart's line stands for now.</summary>
/// <param name="IsSold">Neither it, its product nor any category above is switched off or deleted.</param>
/// <param name="Available">How many are left, for showing: the checkout decides.</param>
internal sealed record CartVariant(
    long Id, long ProductId, string ProductName, string Sku, decimal Price, string Currency, bool IsSold, int Available, string? ImagePath, IReadOnlyList<CartItemAttribute> Attributes);

/// <summary>What carts stand for: the variants, and which carts have become orders.</summary>
internal sealed class CartVariants(DbSession session)
{
    private const string VariantSql = """
        select v.id, p.id, p.name, v.sku, v.price, v.currency,
            v.is_active and v.deleted_at is null and p.is_active and p.deleted_at is null and shop.is_open(p.category_id),
            (select i.path from shop.product_images i where i.product_id = p.id order by i.position, i.id limit 1),
            array(select a.name from shop.variant_values x join shop.attributes a on a.id = x.attribute_id where x.variant_id = v.id order by a.name, a.id),
            array(select w.value from shop.variant_values x join shop.attributes a on a.id = x.attribute_id join shop.attribute_values w on w.id = x.value_id
                where x.variant_id = v.id order by a.name, a.id)
        from shop.variants v join shop.products p on p.id = v.product_id
        where v.id = any ($1)
        """;

    private const string OrderedSql = "select o.cart_ref, l.variant_id, l.quantity, l.price from shop.orders o join shop.order_lines l on l.order_id = o.id where o.cart_ref";

    /// <summary>
    /// The variants by their ids, and of those of the <paramref name="carts"/>, or of what was merged into them, that have become orders, what was ordered.
    /// Written by whom the server's death kept from emptying the cart, or by a guest whose cart was merged meanwhile.
    /// </summary>
    public async Task<(Dictionary<long, CartVariant> Variants, List<StoredCart> Ordered)> ReadAsync(
        IReadOnlyCollection<long> ids, IReadOnlyList<StoredCart> carts, CancellationToken cancellationToken)
    {
        var variants = new Dictionary<long, CartVariant>(ids.Count);
        if (ids.Count == 0)
            return (variants, []);
        await using var open = await session.OpenAsync(cancellationToken);
        var levels = await Pools.ReadAsync(session.Connection, VariantStock.PoolKind, ids, cancellationToken);
        await using var batch = new NpgsqlBatch(session.Connection)
        {
            BatchCommands =
            {
                new(VariantSql) { Parameters = { new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } } },
                // Of one cart or two: for a list of any length the statement would be planned anew each time.
                new($"{OrderedSql} in ($1, $2)") { Parameters = { new() { Value = carts is [var first, ..] ? first.Ref : default }, new() { Value = carts is [.., var last] ? last.Ref : default } } },
            },
        };
        if (carts.SelectMany(cart => cart.Merged).ToArray() is { Length: > 0 } merged)
            batch.BatchCommands.Add(new($"{OrderedSql} = any ($1)") { Parameters = { new() { Value = merged, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } });
        await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            variants.Add(reader.GetInt64(0), ReadVariant(reader, levels.GetValueOrDefault(reader.GetInt64(0)).Available ?? 0));
        var lines = new List<(Guid Ref, CartLine Line)>();
        while (await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                lines.Add((reader.GetGuid(0), new CartLine(reader.GetInt64(1), reader.GetInt32(2), reader.GetDecimal(3))));
        }

        return (variants, [.. lines.GroupBy(line => line.Ref, line => line.Line)
            .Select(ordered => carts.First(cart => cart.HasTaken(ordered.Key)) with { Ref = ordered.Key, Lines = [.. ordered] })]);
    }

    private static CartVariant ReadVariant(NpgsqlDataReader row, int available)
    {
        var isSold = row.GetBoolean(6);
        return new(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetDecimal(4), row.GetString(5), isSold, isSold ? available : 0,
            row.IsDBNull(7) ? null : row.GetString(7),
            [.. row.GetFieldValue<string[]>(8).Zip(row.GetFieldValue<string[]>(9), (name, value) => new CartItemAttribute(name, value))]);
    }
}
