using Maydon.Catalog.Records;
using System.Runtime.InteropServices;
using Maydon.Catalog.Changes;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Webhooks.Sending;

/// <summary>A subscription that is this worker's for a while; <paramref name="Lease"/> is the how many-th time somebody has it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WebhookTurn(long WebhookId, long Lease);

/// <summary>One attempt that is to be made now.</summary>
internal sealed record DeliveryAttempt(
    long Id, long WebhookId, string List, string Url, byte[] SealedSecret, string Event, Guid SentAs, long? Since, long? FirstPosition, long? LastPosition, int Changes, int Number,
    DateTimeOffset FirstAt);

/// <summary>
/// Whose turn it is, what they are sent, and how it ended, each in a short transaction of its own. A subscription is one worker's at a time, so its deliveries keep
/// their order and one that hangs holds up no other's. A turn runs out: what a killed worker had begun is begun again, and one who comes late writes nothing.
/// </summary>
internal sealed class WebhookTurns(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Longer than any attempt may take.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    /// <summary>From the first attempt on. After that it is dead, and the next one is sent.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private const int MostChanges = 100;

    private const string TakeSql = """
        update catalog.webhooks set leased_until = $2, lease = lease + 1 where id in (
            select w.id from catalog.webhooks w
            where w.is_active and coalesce(w.leased_until <= $1, true) and (
                exists (select from catalog.webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting' and d.next_attempt_at <= $1)
                or (exists (select from catalog.changes c where c.list = w.list and c.position > w.told) and not exists (
                    select from catalog.webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting' and d.event = 'changes' and d.replay_of is null)))
            for update skip locked)
        returning id, lease
        """;

    private const string OwnSql = "select list from catalog.webhooks where id = $1 and lease = $2 and is_active for no key update";

    // Planned for after the days that it had, and still waiting: its last attempt began and never ended.
    private const string GiveUpSql = """
        update catalog.webhook_deliveries set state = 'dead', next_attempt_at = null, ended_at = $2
        where webhook_id = $1 and state = 'waiting' and next_attempt_at <= $2 and next_attempt_at > first_attempt_at + $3
        """;

    private const string CutSql = """
        with next as (
            select c.position, row_number() over (order by c.position) as number, sum(c.bytes) over (order by c.position) as bytes
            from (
                select position, bytes from catalog.changes where list = $2 and position > (select told from catalog.webhooks where id = $1) order by position limit $4
            ) c
        ), part as (
            select min(position) as first, max(position) as last, count(*)::int as changes from next where number = 1 or bytes <= $5
        ), delivery as (
            insert into catalog.webhook_deliveries (webhook_id, event, since, first_position, last_position, changes, created_at, next_attempt_at)
            select w.id, 'changes', w.told, p.first, p.last, p.changes, $3, $3 from catalog.webhooks w, part p where w.id = $1 and p.changes > 0
        )
        update catalog.webhooks w set told = p.last from part p where w.id = $1 and p.changes > 0
        """;

    private const string HasOneInOrderSql = """
        select exists (select from catalog.webhook_deliveries where webhook_id = $1 and state = 'waiting' and event = 'changes' and replay_of is null)
        """;

    private const string NextSql = """
        select id, attempts from catalog.webhook_deliveries where webhook_id = $1 and state = 'waiting' and next_attempt_at <= $2 order by next_attempt_at, id limit 1
        """;

    // With all that is known when nobody ever says how it ended.
    private const string BeginSql = """
        update catalog.webhook_deliveries d
        set attempts = d.attempts + 1, first_attempt_at = coalesce(d.first_attempt_at, $2), last_attempt_at = $2, next_attempt_at = $3,
            status = null, answer = null, error = 'It has begun, and how it ended is not known.', duration_ms = null
        from catalog.webhooks w
        where d.id = $1 and w.id = d.webhook_id
        returning d.id, w.id, w.list, w.url, w.secret, d.event, d.sent_as, d.since, d.first_position, d.last_position, d.changes, d.attempts, d.first_attempt_at
        """;

    private const string EndSql = """
        update catalog.webhook_deliveries
        set state = $2, next_attempt_at = $3, ended_at = $4, status = $5, answer = $6, error = $7, duration_ms = $8, first_attempt_at = case when $9 then null else first_attempt_at end
        where id = $1
        """;

    private const string ReleaseSql = """
        update catalog.webhooks set leased_until = $4, is_active = is_active and $3::timestamptz is null, gone_at = coalesce($3, gone_at) where id = $1 and lease = $2
        """;

    /// <summary>Every subscription that has something to be sent and is nobody's at the moment.</summary>
    public async Task<List<WebhookTurn>> TakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.CreateCommand(TakeSql);
        command.Parameters.Add(Moment(now));
        command.Parameters.Add(Moment(now + Duration));
        var turns = new List<WebhookTurn>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            turns.Add(new WebhookTurn(reader.GetInt64(0), reader.GetInt64(1)));
        return turns;
    }

    /// <summary>Makes the next changes a delivery when none waits, and begins with what is due. Null when nothing is: then the turn is over. What has begun has its next
    /// attempt before it: whatever ends this process in the middle backs off like any other failure, and dies after the same days.</summary>
    public async Task<DeliveryAttempt?> BeginAsync(WebhookTurn turn, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = clock.Now();
        if (await ScalarAsync(connection, OwnSql, cancellationToken, Number(turn.WebhookId), Number(turn.Lease)) is not string list)
            return null;
        await ExecuteAsync(connection, GiveUpSql, cancellationToken, Number(turn.WebhookId), Moment(now), new() { Value = Patience });
        if (await ScalarAsync(connection, HasOneInOrderSql, cancellationToken, Number(turn.WebhookId)) is false)
            await ExecuteAsync(connection, CutSql, cancellationToken, Number(turn.WebhookId), new() { Value = list }, Moment(now), Number(MostChanges), Number(ChangeFeed.MostBytes));
        var attempt = await BeginNextAsync(connection, turn, now, cancellationToken);
        if (attempt is null)
            await ReleaseAsync(connection, turn, goneAt: null, until: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return attempt;
    }

    /// <summary>Writes down how it ended, unless the turn has run out and somebody else has begun again. True when the turn goes on.</summary>
    /// <param name="mayGoOn">With the next part, when this one was full.</param>
    public async Task<bool> EndAsync(WebhookTurn turn, DeliveryAttempt attempt, ReceiverAnswer answer, bool mayGoOn, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var next = now + BackOff.After(attempt.Number);
        // What is our own fault uses up none of the days.
        var state = answer.IsTaken ? "delivered" : !answer.IsOurFault && next > attempt.FirstAt + Patience ? "dead" : "waiting";
        var goesOn = mayGoOn && answer.IsTaken && attempt.Changes == MostChanges;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReleaseAsync(connection, turn, answer.IsGone ? now : null, goesOn ? now + Duration : null, cancellationToken) == 0)
            return false;
        await ExecuteAsync(
            connection, EndSql, cancellationToken, Number(attempt.Id), new() { Value = state }, Moment(state == "waiting" ? next : null), Moment(state == "waiting" ? null : now),
            new() { Value = (object?)answer.Status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer }, Text(answer.Text), Text(answer.Error), new() { Value = answer.Milliseconds },
            new() { Value = answer.IsOurFault });
        await transaction.CommitAsync(cancellationToken);
        return goesOn;
    }

    private static async Task<DeliveryAttempt?> BeginNextAsync(NpgsqlConnection connection, WebhookTurn turn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (id, attempts) = (0L, 0);
        await using (var looking = Command(connection, NextSql, Number(turn.WebhookId), Moment(now)))
        {
            await using var found = await looking.ExecuteReaderAsync(cancellationToken);
            if (!await found.ReadAsync(cancellationToken))
                return null;
            (id, attempts) = (found.GetInt64(0), found.GetInt32(1));
        }

        await using var command = Command(connection, BeginSql, Number(id), Moment(now), Moment(now + BackOff.After(attempts + 1)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DeliveryAttempt(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4), reader.GetString(5), reader.GetGuid(6),
            reader.LongOrNull(7), reader.LongOrNull(8), reader.LongOrNull(9), reader.GetInt32(10), reader.GetInt32(11), reader.GetFieldValue<DateTimeOffset>(12));
    }

    private static Task<int> ReleaseAsync(NpgsqlConnection connection, WebhookTurn turn, DateTimeOffset? goneAt, DateTimeOffset? until, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, ReleaseSql, cancellationToken, Number(turn.WebhookId), Number(turn.Lease), Moment(goneAt), Moment(until));

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter Number(long value) => new() { Value = value };

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Moment(DateTimeOffset? moment) => new() { Value = (object?)moment?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
