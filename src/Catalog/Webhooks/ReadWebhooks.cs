using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Catalog.Webhooks;

/// <summary>Subscriptions to lists that the caller may view, and what became of their deliveries. Others are not there for them.</summary>
internal sealed class ReadWebhooks(NpgsqlDataSource database, VisibleLists visible)
{
    private const string Columns = """
        w.id, w.list, w.url, w.is_active, w.gone_at, w.created_at,
        (select count(*) from catalog.webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting'),
        (select count(*) from catalog.webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead')
        """;

    public const string DeliveryColumns = """
        d.id, d.event, d.replay_of, d.state, d.changes, d.attempts, d.created_at, d.last_attempt_at, d.next_attempt_at, d.ended_at, d.status, d.answer, d.error, d.duration_ms, d.sent_as
        """;

    public async Task<(Page<WebhookItem>? Page, Problem? Refusal)> ListAsync(WebhookQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var counting = new NpgsqlCommand("select count(*) from catalog.webhooks where list = any($1)", connection) { Parameters = { new() { Value = visible.Names } } };
        var count = (long)(await counting.ExecuteScalarAsync(cancellationToken))!;
        if (query.Check(count) is { } refusal)
            return (null, refusal);
        await using var command = new NpgsqlCommand($"select {Columns} from catalog.webhooks w where w.list = any($1) order by w.id offset $2 limit $3", connection)
        {
            Parameters = { new() { Value = visible.Names }, new() { Value = query.Offset }, new() { Value = query.Size } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var webhooks = new List<WebhookItem>();
        while (await reader.ReadAsync(cancellationToken))
            webhooks.Add(Read(reader));
        return (query.ToPage(request, count, webhooks), null);
    }

    public async Task<WebhookItem?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, id, cancellationToken);
    }

    /// <summary>Within the transaction of whoever changes it.</summary>
    public async Task<WebhookItem?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from catalog.webhooks w where w.id = $1 and w.list = any($2)", connection)
        {
            Parameters = { new() { Value = id }, new() { Value = visible.Names } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    public async Task<(Page<DeliveryItem>? Page, Problem? Refusal)> DeliveriesAsync(
        long id, DeliveryQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, id, cancellationToken) is null)
            return (null, Problem.NotFound("webhook_not_found"));
        const string Chosen = "from catalog.webhook_deliveries d where d.webhook_id = $1 and ($2 = '' or d.state = $2)";
        var state = query.State ?? "";
        await using var counting = new NpgsqlCommand($"select count(*) {Chosen}", connection) { Parameters = { new() { Value = id }, new() { Value = state } } };
        var count = (long)(await counting.ExecuteScalarAsync(cancellationToken))!;
        if (query.Check(count) is { } refusal)
            return (null, refusal);
        await using var command = new NpgsqlCommand($"select {DeliveryColumns} {Chosen} order by d.id desc offset $3 limit $4", connection)
        {
            Parameters = { new() { Value = id }, new() { Value = state }, new() { Value = query.Offset }, new() { Value = query.Size } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var deliveries = new List<DeliveryItem>();
        while (await reader.ReadAsync(cancellationToken))
            deliveries.Add(ReadDelivery(reader));
        return (query.ToPage(request, count, deliveries), null);
    }

    /// <summary>Of <see cref="DeliveryColumns"/>.</summary>
    public static DeliveryItem ReadDelivery(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.LongOrNull(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5),
        reader.GetFieldValue<DateTimeOffset>(6), reader.TimeOrNull(7), reader.TimeOrNull(8), reader.TimeOrNull(9), reader.NumberOrNull(10), reader.TextOrNull(11), reader.TextOrNull(12), reader.NumberOrNull(13), reader.GetGuid(14));

    private static WebhookItem Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.TimeOrNull(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetInt64(6), reader.GetInt64(7));
}
