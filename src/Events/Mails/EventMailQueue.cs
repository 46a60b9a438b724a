using Maydon.Kernel.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Mails;

/// <summary>When and where an event was, as a change notice shows it beside the new values.</summary>
internal sealed record EventPlan(DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? Location, string? JoinUrl);

/// <summary>Queues a mail to everybody registered for an event, in one statement and in the caller's transaction.</summary>
internal static class EventMailQueue
{
    private const string ChangedSql = """
        insert into kernel.outbox (kind, subject, payload, due_at)
        select 'events.changed', 'registration:' || id || ':' || claim_id || ':' || $3,
            jsonb_build_object('registration_id', id, 'claim_id', claim_id, 'before', $2), $4
        from events.registrations where event_id = $1 and status = 'registered'
        on conflict (kind, subject) do nothing
        """;

    private const string EventCancelledSql = """
        insert into kernel.outbox (kind, subject, payload, due_at)
        select 'events.event_cancelled', 'registration:' || id || ':' || claim_id,
            jsonb_build_object('registration_id', id, 'claim_id', claim_id), $2
        from events.registrations where event_id = $1 and status = 'registered'
        on conflict (kind, subject) do nothing
        """;

    /// <summary>Call it when the time, the place or the link changed.</summary>
    /// <param name="notice">The event's counter of such changes after this one: each is announced once.</param>
    public static async Task AddChangedAsync(NpgsqlConnection connection, long eventId, EventPlan before, int notice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plan = OutboxMessage.Create(EventMailKinds.Changed, "", before, now).PayloadJson;
        await using var command = new NpgsqlCommand(ChangedSql, connection)
        {
            Parameters =
            {
                new() { Value = eventId },
                new() { Value = plan, NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = notice },
                new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Call it before the registrations of the event are cancelled, in the same transaction: it tells those still registered.</summary>
    public static async Task AddEventCancelledAsync(NpgsqlConnection connection, long eventId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(EventCancelledSql, connection)
        {
            Parameters = { new() { Value = eventId }, new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
