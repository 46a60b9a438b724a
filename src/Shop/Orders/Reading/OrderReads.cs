using System.Globalization;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Orders.Deciding;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Shop.Orders.Reading;

/// <summary>Orders for those who may see them: what is not theirs is not found.</summary>
internal sealed class OrderReads(NpgsqlDataSource database)
{
    private const string HistorySql = """
        select c.from_status, c.to_status, c.reason, c.at, c.changed_by, p.email
        from shop.order_changes c left join identity.people p on p.id = c.changed_by
        where c.order_id = $1 order by c.id
        """;

    /// <summary>The newest first: all for staff, else one's own. Null when there is no such page.</summary>
    public async Task<Page<OrderItem>?> PageAsync(OrderAccess access, OrderQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var values = new SqlValues();
        var conditions = Conditions(access, query, values);
        long count;
        await using (var counting = values.ToCommand($"select count(*) from shop.orders o where {conditions}", connection))
            count = (long)(await counting.ExecuteScalarAsync(cancellationToken))!;
        if (query.Check(count) is not null)
            return null;
        var page = string.Create(CultureInfo.InvariantCulture, $"select o.id from shop.orders o where {conditions} order by o.created_at desc, o.id desc offset {query.Offset} limit {query.Size}");
        await using var command = values.ToCommand($"{OrderStatements.Select(page)} order by o.created_at desc, o.id desc, l.variant_id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return query.ToPage(request, count, (await ReadAsync(reader, cancellationToken)).ConvertAll(OrderItem.From));
    }

    /// <summary>Null when there is no such order for them.</summary>
    public async Task<OrderState?> FindAsync(long id, OrderAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OrderStatements.Read([id], []) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return (await ReadAsync(reader, cancellationToken)).SingleOrDefault() is { } order && access.Reaches(order) ? order : null;
    }

    /// <summary>The same with all that happened to it.</summary>
    public async Task<OrderDetails?> FindDetailsAsync(long id, OrderAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                OrderStatements.Read([id], []),
                new NpgsqlBatchCommand(HistorySql) { Parameters = { new() { Value = id } } },
                PaymentStatements.ReadOf(id),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if ((await ReadAsync(reader, cancellationToken)).SingleOrDefault() is not { } order || !access.Reaches(order))
            return null;
        var history = new List<OrderHistoryItem>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            history.Add(ReadHistory(reader, access.IsStaff));
        var payments = await ReadPaymentsAsync(reader, cancellationToken);
        return new OrderDetails(OrderItem.From(order), history, payments.ConvertAll(payment => OrderPayment.From(payment, access.IsStaff)));
    }

    /// <summary>Whoever's it is, with its payments. Null when there is no such order.</summary>
    public async Task<(OrderState Order, IReadOnlyList<PaymentState> Payments)?> FindForMailAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OrderStatements.Read([id], []), PaymentStatements.ReadOf(id) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if ((await ReadAsync(reader, cancellationToken)).SingleOrDefault() is not { } order)
            return null;
        return (order, await ReadPaymentsAsync(reader, cancellationToken));
    }

    private static async Task<List<PaymentState>> ReadPaymentsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var payments = new List<PaymentState>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            payments.Add(PaymentStatements.ReadState(reader));
        return payments;
    }

    private static string Conditions(OrderAccess access, OrderQuery query, SqlValues values)
    {
        var conditions = new List<string>();
        if (!access.IsStaff)
            conditions.Add(access.UserId is { } user ? $"o.user_id = {values.Add(user)}" : $"o.guest_hash = {values.Add(access.GuestHash!)}");
        if (!string.IsNullOrEmpty(query.Status))
            conditions.Add($"o.status = {values.Add(query.Status)}");
        if (query.CreatedAfter is { } after)
            conditions.Add($"o.created_at >= {values.Add(after.Value)}");
        if (query.CreatedBefore is { } before)
            conditions.Add($"o.created_at <= {values.Add(before.Value)}");
        foreach (var spellings in Sought(query.Search))
        {
            var found = string.Join(" or ", spellings.Select(spelling => $"o.search_text like shop.fold({values.Add(SearchWords.PatternOf(spelling))})"));
            // Of all orders the trigram index finds them; one's own are few, and looked at one by one.
            conditions.Add(access.IsStaff ? $"o.id in (select o.id from shop.orders o where {found})" : $"({found})");
        }

        return conditions.Count == 0 ? "true" : string.Join(" and ", conditions);
    }

    /// <summary>
    /// All that must be found, each in one of its spellings. What may be a phone number is found by its digits, however the buyer wrote it; order numbers
    /// and many an SKU look the same.
    /// </summary>
    private static IEnumerable<string[]> Sought(string? search) =>
        PhoneNumber.DigitsOf(search) is { } digits ? [[digits, search!.Trim()]] : SearchWords.Split(search).Select(word => new[] { word });

    private static async Task<List<OrderState>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var orders = new List<OrderState>();
        List<OrderLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (orders.Count == 0 || orders[^1].Id != reader.GetInt64(0))
                orders.Add(OrderStatements.ReadState(reader, lines = []));
            lines.Add(OrderStatements.ReadLine(reader));
        }

        return orders;
    }

    private static OrderHistoryItem ReadHistory(NpgsqlDataReader row, bool forStaff) => new(
        row.IsDBNull(0) ? null : row.GetString(0),
        row.GetString(1),
        forStaff || row.IsDBNull(0) || row.GetString(0) != row.GetString(1) ? row.GetString(2) : null,
        row.GetFieldValue<DateTimeOffset>(3),
        !forStaff || row.IsDBNull(4) ? null : row.GetInt64(4),
        !forStaff || row.IsDBNull(5) ? null : row.GetString(5));
}
