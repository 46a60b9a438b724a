using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Takes due messages for this node and writes down how they ended, each in one short statement of its own. A lease runs out, so what a
/// crashed node had taken is taken again; a node that comes back late cannot overwrite what another has done since (attempt is the fence).
/// </summary>
internal sealed class OutboxLease(NpgsqlDataSource database, IEnumerable<OutboxKind> kinds, TimeProvider clock)
{
    /// <summary>Longer than any attempt may take.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    private const string TakeSql = """
        with due as materialized (
            select id from kernel.outbox
            where state = 'pending' and priority = $3 and coalesce(locked_until, due_at) <= $1 and kind = any($4)
            order by coalesce(locked_until, due_at), id
            limit $5
            for update skip locked)
        update kernel.outbox message set locked_until = $1 + $2, attempts = attempts + 1
        from due where message.id = due.id
        returning message.id, kind, subject, payload, due_at, attempts
        """;

    private const string FinishSql = """
        update kernel.outbox set state = $3, payload = '{}', locked_until = null, last_error = $4, done_at = $5
        where id = $1 and attempts = $2 and state = 'pending'
        """;

    private const string FailSql = """
        update kernel.outbox set state = $3, locked_until = $4, last_error = $5
        where id = $1 and attempts = $2 and state = 'pending'
        """;

    private readonly string[] _kinds = OutboxKind.Names(kinds);

    public async Task<List<OutboxDelivery>> TakeAsync(OutboxPriority priority, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(TakeSql);
        command.Parameters.Add(Moment(clock.Now()));
        command.Parameters.Add(new() { Value = Duration });
        command.Parameters.Add(new() { Value = (short)priority });
        command.Parameters.Add(new() { Value = _kinds });
        command.Parameters.Add(new() { Value = limit });
        var taken = new List<OutboxDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(new OutboxDelivery(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5)));
        }

        return taken;
    }

    public async Task FinishAsync(OutboxDelivery delivery, OutboxOutcome outcome, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FinishSql);
        command.Parameters.Add(new() { Value = delivery.Id });
        command.Parameters.Add(new() { Value = delivery.Attempt });
        command.Parameters.Add(new() { Value = outcome.SkippedBecause is null ? "sent" : "skipped" });
        command.Parameters.Add(new() { Value = (object?)outcome.SkippedBecause ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(Moment(clock.Now()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="retryIn">Null: no more attempts, the message is dead until somebody retries it.</param>
    public async Task FailAsync(OutboxDelivery delivery, string error, TimeSpan? retryIn, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(FailSql);
        command.Parameters.Add(new() { Value = delivery.Id });
        command.Parameters.Add(new() { Value = delivery.Attempt });
        command.Parameters.Add(new() { Value = retryIn is null ? "dead" : "pending" });
        command.Parameters.Add(Moment(retryIn is { } wait ? clock.Now() + wait : null));
        command.Parameters.Add(new() { Value = error });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Moment(DateTimeOffset? moment) =>
        new() { Value = (object?)moment?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
