using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Mails;

/// <summary>
/// Every minute: queues the thank-you an hour after enrolling and the reminder an hour before the start. Both are found by their due
/// time, so a server that was down catches up, and the outbox takes each only once, so it may run as often and as parallel as it likes.
/// </summary>
internal sealed class QueueDueMails(DbSession session, TimeProvider clock) : IScheduledJob
{
    /// <summary>What is looked at again on every run, for rows that were committed late or written by a clock that is a little off.</summary>
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(5);

    /// <summary>A thank-you later than this says that something was broken and nothing else. Far less than the outbox remembers.</summary>
    private static readonly TimeSpan s_thankYouAtMostLate = TimeSpan.FromDays(3);

    private const string ThankYouSql = """
        insert into kernel.outbox (kind, subject, payload, due_at, priority)
        select 'events.thank_you', 'registration:' || r.id || ':' || r.claim_id, jsonb_build_object('registration_id', r.id, 'claim_id', r.claim_id),
            r.registered_at + interval '1 hour', 2
        from events.registrations r join events.events e on e.id = r.event_id
        where r.status in ('registered', 'attended')
            and r.registered_at <= $1 - interval '1 hour'
            and r.registered_at > greatest($1 - interval '1 hour' - $2, (select registered_until from events.thank_you_progress) - $3)
            and e.deleted_at is null and e.ends_at > $1
        on conflict (kind, subject) do nothing
        """;

    private const string ThankYouProgressSql = """
        insert into events.thank_you_progress (registered_until) values ($1 - interval '1 hour')
        on conflict (only_row) do update set registered_until = greatest(thank_you_progress.registered_until, excluded.registered_until)
        """;

    /// <summary>Not for those who enrolled in the last hour before the start: their confirmation has just told them all of it.</summary>
    private const string ReminderSql = """
        insert into kernel.outbox (kind, subject, payload, due_at)
        select 'events.reminder', 'registration:' || r.id || ':' || r.claim_id, jsonb_build_object('registration_id', r.id, 'claim_id', r.claim_id),
            e.starts_at - interval '1 hour'
        from events.events e join events.registrations r on r.event_id = e.id
        where e.starts_at > $1 and e.starts_at <= $1 + interval '1 hour' and e.deleted_at is null
            and not exists (select from events.reminded_events done where done.event_id = e.id and done.starts_at = e.starts_at)
            and r.status in ('registered', 'attended') and r.registered_at <= e.starts_at - interval '1 hour'
        on conflict (kind, subject) do nothing
        """;

    private const string ReminderProgressSql = """
        insert into events.reminded_events (event_id, starts_at)
        select id, starts_at from events.events where starts_at > $1 and starts_at <= $1 + interval '1 hour' - $2 and deleted_at is null
        on conflict (event_id) do update set starts_at = excluded.starts_at where reminded_events.starts_at <> excluded.starts_at
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now().UtcDateTime;
        await using var transaction = await session.BeginAsync(cancellationToken);
        await using (var batch = new NpgsqlBatch(session.Connection) { Timeout = 0 })
        {
            batch.BatchCommands.Add(Command(ThankYouSql, now, s_thankYouAtMostLate, s_overlap));
            batch.BatchCommands.Add(Command(ThankYouProgressSql, now));
            batch.BatchCommands.Add(Command(ReminderSql, now));
            batch.BatchCommands.Add(Command(ReminderProgressSql, now, s_overlap));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Command(string sql, DateTime now, params ReadOnlySpan<TimeSpan> spans)
    {
        var command = new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz } } };
        foreach (var span in spans)
            command.Parameters.Add(new() { Value = span });
        return command;
    }
}
