using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Catalog.Webhooks;

/// <summary>A delivery that somebody asks for: a ping, or the repetition of another. Out of the order of the changes.</summary>
internal sealed class AskForDelivery(DbSession session, ReadWebhooks read, TimeProvider clock)
{
    /// <summary>A receiver that does not answer keeps so many waiting and no more.</summary>
    public const int MostWaiting = 100;

    public Task<(DeliveryItem? Delivery, Problem? Refusal)> PingAsync(long webhookId, CancellationToken cancellationToken) =>
        AddAsync(webhookId, "values ($1::bigint, 'ping', gen_random_uuid(), null::bigint, null::bigint, null::bigint, null::bigint, 0, $2, $2)", deliveryId: null, cancellationToken);

    public async Task<(DeliveryItem? Delivery, Problem? Refusal)> ReplayAsync(long webhookId, long deliveryId, CancellationToken cancellationToken) =>
        await AddAsync(
            webhookId,
            """
            select webhook_id, event, sent_as, coalesce(replay_of, id), since, first_position, last_position, changes, $2, $2
            from catalog.webhook_deliveries where webhook_id = $1 and id = $3
            """,
            deliveryId, cancellationToken);

    private async Task<(DeliveryItem? Delivery, Problem? Refusal)> AddAsync(long webhookId, string sourceSql, long? deliveryId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        // Whoever asks for another one of the same waits, so that what is counted is all there is.
        await using (var locking = new NpgsqlCommand("select 1 from catalog.webhooks where id = $1 for no key update", session.Connection) { Parameters = { new() { Value = webhookId } } })
            await locking.ExecuteScalarAsync(cancellationToken);
        if (await read.FindAsync(session.Connection, webhookId, cancellationToken) is not { } webhook)
            return (null, Problem.NotFound("webhook_not_found"));
        if (deliveryId is { } repeated && await StateAsync(webhookId, repeated, cancellationToken) is var state and not ("delivered" or "dead"))
            return (null, state is null ? Problem.NotFound("delivery_not_found") : Problem.Conflict("delivery_waiting"));
        if (!webhook.IsActive)
            return (null, Problem.Conflict("webhook_inactive"));
        if (webhook.Waiting >= MostWaiting)
            return (null, Problem.Conflict("too_many_waiting", MostWaiting));
        await using var command = new NpgsqlCommand($"""
            insert into catalog.webhook_deliveries as d (webhook_id, event, sent_as, replay_of, since, first_position, last_position, changes, created_at, next_attempt_at)
            {sourceSql} returning {ReadWebhooks.DeliveryColumns}
            """, session.Connection);
        command.Parameters.Add(new() { Value = webhookId });
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime });
        if (deliveryId is not null)
            command.Parameters.Add(new() { Value = deliveryId });
        DeliveryItem delivery;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            delivery = ReadWebhooks.ReadDelivery(reader);
        }

        await WebhookSignal.SendAsync(session.Connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (delivery, null);
    }

    /// <summary>Held until it is repeated: the log may be about to forget it.</summary>
    private async Task<string?> StateAsync(long webhookId, long deliveryId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select state from catalog.webhook_deliveries where webhook_id = $1 and id = $2 for key share", session.Connection)
        {
            Parameters = { new() { Value = webhookId }, new() { Value = deliveryId } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
