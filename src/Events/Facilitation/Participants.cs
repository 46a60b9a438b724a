using System.ComponentModel;
using System.Runtime.CompilerServices;
using Maydon.Events.Browsing;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Events.Facilitation;

/// <summary>Which people of an event.</summary>
public sealed class ParticipantQuery : ListQuery
{
    [FromQuery(Name = "search"), Description("Words that must all be in the name or the email address.")]
    public string? Search { get; set; }

    [FromQuery(Name = "status"), Description("registered, cancelled, waitlisted or attended.")]
    public string? Status { get; set; }

    internal Problem? Check() =>
        string.IsNullOrEmpty(Status) || RegistrationStatus.All.Contains(Status) ? null : Problem.Invalid("status", "invalid_choice", string.Join(", ", RegistrationStatus.All));
}

/// <summary>A person and their place at an event.</summary>
public sealed record Participant(
    long Id, long UserId, string FullName, string? Email, string Status, DateTimeOffset? RegisteredAt, DateTimeOffset? CancelledAt, DateTimeOffset? AttendedAt);

/// <summary>The people of one event by registration, which is about the order in which they came, for those who organise it.</summary>
internal sealed class Participants(EventsDbContext db, NpgsqlDataSource database, CurrentUser user)
{
    private const int AtOnce = 1_000;

    /// <summary>Why the caller may not see them, null when they may.</summary>
    public async Task<Problem?> RefuseAsync(long eventId, CancellationToken cancellationToken)
    {
        var owner = await db.Set<Event>().Where(found => found.Id == eventId).Select(found => (long?)found.CreatedBy).SingleOrDefaultAsync(cancellationToken);
        if (owner is null)
            return Problem.NotFound("event_not_found");
        return owner == user.Id || user.IsStaff ? null : Problem.Forbidden();
    }

    public async Task<long> CountAsync(long eventId, ParticipantQuery query, CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = values.ToCommand($"select count(*) {From(eventId, query, values)}", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public Task<List<Participant>> ReadPageAsync(long eventId, ParticipantQuery query, CancellationToken cancellationToken) =>
        ReadAsync(eventId, query, after: 0, query.Offset, query.Size, cancellationToken);

    /// <summary>A list of any length in little memory; no connection is kept while the caller takes its time with what it got.</summary>
    public async IAsyncEnumerable<Participant> ReadAllAsync(long eventId, ParticipantQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = 0L;
        List<Participant> read;
        do
        {
            read = await ReadAsync(eventId, query, last, offset: 0, AtOnce, cancellationToken);
            foreach (var participant in read)
                yield return participant;
            last = read is [.., var final] ? final.Id : last;
        }
        while (read.Count == AtOnce);
    }

    private async Task<List<Participant>> ReadAsync(long eventId, ParticipantQuery query, long after, long offset, int limit, CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var sql = $"""
            select r.id, r.user_id, p.full_name, p.email, r.status, r.registered_at, r.cancelled_at, r.attended_at
            {From(eventId, query, values)} and r.id > {values.Add(after)} order by r.id offset {values.Add(offset)} limit {values.Add(limit)}
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = values.ToCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var participants = new List<Participant>();
        while (await reader.ReadAsync(cancellationToken))
        {
            participants.Add(new Participant(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4),
                Time(reader, 5), Time(reader, 6), Time(reader, 7)));
        }

        return participants;
    }

    private static string From(long eventId, ParticipantQuery query, SqlValues values)
    {
        var sql = $"from events.registrations r join identity.people p on p.id = r.user_id where r.event_id = {values.Add(eventId)}";
        if (!string.IsNullOrEmpty(query.Status))
            sql += $" and r.status = {values.Add(query.Status)}";
        foreach (var pattern in SearchWords.Patterns(query.Search))
            sql += $" and events.fold(concat_ws(' ', p.full_name, p.email)) like events.fold({values.Add(pattern)})";
        return sql;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<DateTimeOffset>(ordinal);
}
