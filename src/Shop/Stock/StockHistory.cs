using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Shop.Stock;

/// <summary>
/// One change of what can be bought: <c>received</c>, <c>corrected</c> and <c>returned</c> by staff, <c>sold</c> to an order and <c>returned</c> by one.
/// The quantities of a variant add up to what is available.
/// </summary>
public sealed record StockChangeItem
{
    public required int Quantity { get; init; }
    public required string Reason { get; init; }
    public required string? Note { get; init; }
    public required long? OrderId { get; init; }
    public required string? OrderNumber { get; init; }

    /// <summary>Whoever moved it, ordered it or cancelled the order, by name or else by email; null when a program did.</summary>
    public required string? By { get; init; }
    public required DateTimeOffset At { get; init; }
}

public sealed class MovementQuery : ListQuery;

/// <summary>What became of a variant's stock, the newest first: movements, and what the ledger says of orders.</summary>
internal sealed class StockHistory(NpgsqlDataSource database)
{
    // From the variant's order lines to the ledger by its key: an index of the ledger by pool would be one more for every claim to write.
    private const string OfOrders = """
        from shop.order_lines line join shop.orders o on o.id = line.order_id
        join inventory.ledger l on l.claim_id = o.claim_id and l.pool_id = (select id from pool)
        where line.variant_id = $1
        """;

    private const string Pool = "with pool as (select id from inventory.pools where kind = $2 and subject_id = $1)";

    private const string Count = $"{Pool} select (select count(*) from inventory.movements where pool_id = (select id from pool)) + (select count(*) {OfOrders}) from pool";

    private const string Rows = $"""
        {Pool}, changes as (
            select m.change, m.reason, m.note, null::bigint as order_id, null::text as number, m.moved_by, null::text as buyer, m.at, 0 as source, m.id as place
            from inventory.movements m where m.pool_id = (select id from pool)
            union all
            select -l.change, 'sold', null, o.id, o.number, null, o.full_name, l.at, 1, l.claim_id {OfOrders} and l.entry = 'take'
            union all
            select -l.change, 'returned', l.reason, o.id, o.number, null, null, l.at, 2, l.claim_id {OfOrders} and l.entry = 'release'
        )
        select page.change, page.reason, page.note, page.order_id, page.number, coalesce(nullif(person.full_name, ''), person.email, page.buyer), page.at
        from (select * from changes order by at desc, source desc, place desc offset $3 limit $4) page
        left join lateral (
            select c.changed_by from shop.order_changes c where page.source = 2 and c.order_id = page.order_id and c.to_status = 'cancelled' order by c.id desc limit 1
        ) ending on true
        left join identity.people person on person.id = coalesce(page.moved_by, ending.changed_by)
        order by page.at desc, page.source desc, page.place desc
        """;

    /// <summary>A page, or why there is none.</summary>
    public async Task<(Page<StockChangeItem>? Page, Problem? Refusal)> PageAsync(long variantId, MovementQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var counting = Command(Count, variantId, connection);
        if (await counting.ExecuteScalarAsync(cancellationToken) is not long count)
            return (null, Problem.NotFound("variant_not_found"));
        if (query.Check(count) is { } refusal)
            return (null, refusal);
        await using var command = Command(Rows, variantId, connection);
        command.Parameters.Add(new() { Value = query.Offset, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = query.Size });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<StockChangeItem>(query.Size);
        while (await reader.ReadAsync(cancellationToken))
            items.Add(Read(reader));
        return (query.ToPage(request, count, items), null);
    }

    private static NpgsqlCommand Command(string sql, long variantId, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = variantId });
        command.Parameters.Add(new() { Value = VariantStock.PoolKind });
        return command;
    }

    private static StockChangeItem Read(NpgsqlDataReader row) => new()
    {
        Quantity = row.GetInt32(0),
        Reason = row.GetString(1),
        Note = row.IsDBNull(2) ? null : row.GetString(2),
        OrderId = row.IsDBNull(3) ? null : row.GetInt64(3),
        OrderNumber = row.IsDBNull(4) ? null : row.GetString(4),
        By = row.IsDBNull(5) ? null : row.GetString(5),
        At = row.GetFieldValue<DateTimeOffset>(6),
    };
}
