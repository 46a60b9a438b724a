using System.Runtime.InteropServices;
using Npgsql;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>So many of it were ordered out of this cart.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OrderedCartLine(Guid CartRef, long VariantId, int Quantity);

/// <summary>
/// Takes exactly what was ordered out of carts in PostgreSQL, and gives what is left in one another ref: statements to be part of a transaction. Nothing
/// happens to a cart of which that was done already.
/// </summary>
internal static class OrderedCarts
{
    private const string Ordered = "unnest($1, $2, $3) as o (cart_ref, variant_id, quantity) where l.cart_ref = o.cart_ref and l.variant_id = o.variant_id and l.quantity";

    public static IEnumerable<NpgsqlBatchCommand> Commands(IReadOnlyCollection<OrderedCartLine> lines)
    {
        Guid[] refs = [.. lines.Select(line => line.CartRef).Distinct()];
        // In the order of CartStatements.Lock: two who change the same carts wait for each other.
        yield return new NpgsqlBatchCommand("select 1 from shop.carts where ref = any ($1) order by owner desc for update") { Parameters = { Array(refs) } };
        yield return OfLines($"delete from shop.cart_lines l using {Ordered} <= o.quantity", lines);
        yield return OfLines($"update shop.cart_lines l set quantity = l.quantity - o.quantity from {Ordered} > o.quantity", lines);
        yield return new NpgsqlBatchCommand("delete from shop.carts c where ref = any ($1) and not exists (select from shop.cart_lines where cart_ref = c.ref)") { Parameters = { Array(refs) } };
        yield return new NpgsqlBatchCommand("update shop.carts set ref = gen_random_uuid() where ref = any ($1)") { Parameters = { Array(refs) } };
    }

    /// <summary>The same out of the owner's cart into which that cart was merged; it keeps its ref.</summary>
    public static IEnumerable<NpgsqlBatchCommand> CommandsOfMerged(CartOwner owner, Guid merged, IReadOnlyCollection<OrderedCartLine> lines)
    {
        const string Cart = "shop.carts c where c.owner = $1 and $2 = any (c.merged)";
        const string Lines = "unnest($3, $4) as o (variant_id, quantity), shop.carts c where c.owner = $1 and $2 = any (c.merged) and l.cart_ref = c.ref and l.variant_id = o.variant_id and l.quantity";
        NpgsqlBatchCommand Of(string sql) => new(sql) { Parameters = { One(owner.Name), One(merged) } };
        NpgsqlBatchCommand OfLines(string sql) => new(sql)
        {
            Parameters = { One(owner.Name), One(merged), Array([.. lines.Select(line => line.VariantId)]), Array([.. lines.Select(line => line.Quantity)]) },
        };
        yield return Of($"select 1 from {Cart} for update");
        yield return OfLines($"delete from shop.cart_lines l using {Lines} <= o.quantity");
        yield return OfLines($"update shop.cart_lines l set quantity = l.quantity - o.quantity from {Lines} > o.quantity");
        yield return Of($"delete from {Cart} and not exists (select from shop.cart_lines l where l.cart_ref = c.ref)");
        yield return Of("update shop.carts set merged = array_remove(merged, $2) where owner = $1 and $2 = any (merged)");
    }

    private static NpgsqlBatchCommand OfLines(string sql, IReadOnlyCollection<OrderedCartLine> lines) => new(sql)
    {
        Parameters =
        {
            Array([.. lines.Select(line => line.CartRef)]),
            Array([.. lines.Select(line => line.VariantId)]),
            Array([.. lines.Select(line => line.Quantity)]),
        },
    };

    private static NpgsqlParameter<T> One<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };
}
