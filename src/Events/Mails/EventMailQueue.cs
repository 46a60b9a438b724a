using Maydon.Kernel.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Mails;

/// <summary>When and where an event was, as a change notice shows it beside the new values.</summary>
internal sealed record EventPlan(DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? Location, string? JoinUrl)
{
    /// <summary>Whether a mail tells both in the same words: it has no seconds.</summary>
    public bool ReadsLike(EventPlan other) =>
        this with { StartsAt = ToMinute(StartsAt), EndsAt = ToMinute(EndsAt) } == other with { StartsAt = ToMinute(other.StartsAt), EndsAt = ToMinute(other.EndsAt) };

    private static DateTimeOffset ToMinute(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}

/// <summary>Queues a mail to everybody registered for an event, in one statement and in the caller's transaction.</summary>
internal static class EventMailQueue
{
    /// <summary>A change is told so much later, with all that has changed by then: an organiser who corrects themselves sends one mail.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    // A notice that still waits becomes this one: it keeps its time, and what the person was told before. One that a worker has taken is left
    // alone: it tells the state before this change, or, if it comes later, sees that there is a newer one.
    private const string ChangedSql = """
        with people as materialized (
            select id, claim_id, 'registration:' || id || ':' || claim_id || ':' as subject from events.registrations where event_id = $1 and status = 'registered'),
        waiting as (
            update kernel.outbox message set subject = people.subject || $3, payload = message.payload || jsonb_build_object('notice', $3)
            from people
            where message.kind = 'events.changed' and message.subject = people.subject || ($3 - 1) and message.state = 'pending' and message.attempts = 0
            returning people.id)
        insert into kernel.outbox (kind, subject, payload, due_at)
        select 'events.changed', subject || $3, jsonb_build_object('registration_id', id, 'claim_id', claim_id, 'notice', $3, 'before', $2), $4 + $5
        from people where not exists (select from waiting where waiting.id = people.id)
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
    /// <param name="before">The plan before this change.</param>
    /// <param name="notice">The event's counter of such changes after this one.</param>
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
                new() { Value = QuietTime },
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
