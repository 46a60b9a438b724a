using System.Text.Json;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Webhooks;

/// <summary>The subscription as it is now and, where one was made, its secret; or why not.</summary>
internal sealed record WebhookOutcome(WebhookItem? Webhook, WebhookSecret? Secret, Problem? Refusal)
{
    public static implicit operator WebhookOutcome(Problem refusal) => new(null, null, refusal);
}

/// <summary>Makes, changes and deletes subscriptions. Who may not view the list of one does not find it.</summary>
internal sealed class WriteWebhook(DbSession session, ReadWebhooks read, VisibleLists visible, WebhookSecretSeal seal, AuditLog audit, TimeProvider clock)
{
    /// <summary>One delivery of each may be under way at a time, on one small machine.</summary>
    public const int Most = 50;

    // What waits is due at once and has three days again. What is under way was sent to where it was, or signed as it was: the next lease takes its word from it.
    private const string ResumeSql = """
        with turn as (update catalog.webhooks set lease = lease + 1, leased_until = null where id = $1)
        update catalog.webhook_deliveries set next_attempt_at = $2, attempts = 0, first_attempt_at = null where webhook_id = $1 and state = 'waiting'
        """;

    /// <param name="actorId">Who does it, for the audit log.</param>
    public async Task<WebhookOutcome> CreateAsync(string list, string url, long actorId, CancellationToken cancellationToken)
    {
        url = url.Trim();
        if (!visible.Names.Contains(list))
            return Problem.Forbidden();
        if (ReceiverAddress.Fault(url) is { } fault)
            return Problem.Invalid("url", fault);
        await using var transaction = await session.BeginAsync(cancellationToken);
        // One after the other, so that those who are counted are all there are.
        await ExecuteAsync("select pg_advisory_xact_lock(7310, 2)", cancellationToken);
        if ((long)(await ScalarAsync("select count(*) from catalog.webhooks", cancellationToken))! >= Most)
            return Problem.Conflict("too_many_webhooks", Most);
        var id = (long)(await ScalarAsync("select nextval(pg_get_serial_sequence('catalog.webhooks', 'id'))", cancellationToken))!;
        var secret = WebhookSecret.Make();
        await ExecuteAsync(
            """
            insert into catalog.webhooks (id, list, url, secret, began_after, told, created_at)
            overriding system value
            select $1, $2, $3, $4, latest, latest, $5 from (select coalesce(max(position), 0) as latest from catalog.changes) feed
            """,
            cancellationToken, id, list, url, seal.Seal(secret, id), clock.Now().UtcDateTime);
        return await DoneAsync(transaction, "webhook_created", id, secret, actorId, cancellationToken);
    }

    public async Task<WebhookOutcome> ChangeAsync(long id, string? url, bool? isActive, long actorId, CancellationToken cancellationToken)
    {
        url = url?.Trim();
        if (url is not null && ReceiverAddress.Fault(url) is { } fault)
            return Problem.Invalid("url", fault);
        await using var transaction = await session.BeginAsync(cancellationToken);
        var isAnew = await ScalarAsync(
            """
            with before as (select id, url, is_active from catalog.webhooks where id = $1 and list = any($2) for update)
            update catalog.webhooks w set url = coalesce($3, w.url), is_active = coalesce($4, w.is_active), gone_at = case when $4 then null else w.gone_at end
            from before where w.id = before.id
            returning w.url <> before.url or (w.is_active and not before.is_active)
            """,
            cancellationToken, id, visible.Names, new NpgsqlParameter { Value = (object?)url ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new NpgsqlParameter { Value = (object?)isActive ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        if (isAnew is null)
            return Problem.NotFound("webhook_not_found");
        if (isAnew is true)
            await ExecuteAsync(ResumeSql, cancellationToken, id, clock.Now().UtcDateTime);
        return await DoneAsync(transaction, "webhook_changed", id, secret: null, actorId, cancellationToken);
    }

    /// <summary>From now on everything is signed with the new one, also what waits, which is tried at once.</summary>
    public async Task<WebhookOutcome> RotateSecretAsync(long id, long actorId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var secret = WebhookSecret.Make();
        if (await ExecuteAsync("update catalog.webhooks set secret = $3 where id = $1 and list = any($2)", cancellationToken, id, visible.Names, seal.Seal(secret, id)) == 0)
            return Problem.NotFound("webhook_not_found");
        await ExecuteAsync(ResumeSql, cancellationToken, id, clock.Now().UtcDateTime);
        return await DoneAsync(transaction, "webhook_secret_rotated", id, secret, actorId, cancellationToken);
    }

    /// <summary>With its log. Null when done, or why not.</summary>
    public async Task<Problem?> DeleteAsync(long id, long actorId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await ExecuteAsync("delete from catalog.webhooks where id = $1 and list = any($2)", cancellationToken, id, visible.Names) == 0)
            return Problem.NotFound("webhook_not_found");
        await RecordAsync("webhook_deleted", new { id }, actorId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task<WebhookOutcome> DoneAsync(SessionTransaction transaction, string action, long id, WebhookSecret? secret, long actorId, CancellationToken cancellationToken)
    {
        var webhook = (await read.FindAsync(session.Connection, id, cancellationToken))!;
        await RecordAsync(action, new { id, list = webhook.List, url = webhook.Url, is_active = webhook.IsActive }, actorId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new WebhookOutcome(webhook, secret, Refusal: null);
    }

    private Task RecordAsync(string action, object details, long actorId, CancellationToken cancellationToken) =>
        audit.AddAsync(new AuditEntry(action, ActorId: actorId, DetailsJson: JsonSerializer.Serialize(details)), cancellationToken);

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, session.Connection);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
