using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>What of an event changes only when somebody writes it; the seats and the time of day are laid over it.</summary>
internal sealed record EventRow(
    long Id, string Title, string Description, string EventType, string? Location, string? JoinUrl, string Language,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, long CreatedBy, string? CreatedByEmail, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>One event whole; null when there is none or it was deleted.</summary>
    public static async Task<EventRow?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        var values = new SqlValues();
        var rows = await ReadAsync(connection, values, $"select 0 as segment, 0 as place, {values.Add(id)} as id", cancellationToken, "e.description");
        return rows is [var row] ? row : null;
    }

    /// <summary>The events that <paramref name="ids"/> (segment, place, id) selects, in that order; without their descriptions unless asked for.</summary>
    public static async Task<List<EventRow>> ReadAsync(
        NpgsqlConnection connection, SqlValues values, string ids, CancellationToken cancellationToken, string description = "''")
    {
        await using var command = values.ToCommand($"""
            with page as materialized ({ids})
            select e.id, e.title, {description}, e.event_type, e.location, e.join_url, e.language,
                e.starts_at, e.ends_at, e.created_by, p.email, e.created_at, e.updated_at
            from page
            join events.events e on e.id = page.id and e.deleted_at is null
            join identity.people p on p.id = e.created_by
            order by page.segment, page.place
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<EventRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(Read(reader));
        return rows;
    }

    public static EventRow From(Event known, string? organiser) => new(
        known.Id, known.Title, known.Description, known.EventType, known.Location, known.JoinUrl, known.Language,
        known.StartsAt, known.EndsAt, known.CreatedBy, organiser, known.CreatedAt, known.UpdatedAt);

    public bool IsPast(DateTimeOffset now) => EndsAt < now;

    public bool IsUpcoming(DateTimeOffset now) => StartsAt > now;

    /// <summary>When the next of them turns.</summary>
    public DateTimeOffset NextTurn(DateTimeOffset now) =>
        IsUpcoming(now) ? StartsAt : IsPast(now) ? DateTimeOffset.MaxValue : EndsAt.AddMicroseconds(1);

    public EventItem ToItem(PoolLevel seats, DateTimeOffset now) => new()
    {
        Id = Id,
        Title = Title,
        EventType = EventType,
        Language = Language,
        Location = Location,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
        Capacity = seats.Capacity,
        CreatedBy = CreatedBy,
        CreatedByEmail = CreatedByEmail,
        TotalEnrollments = seats.Taken,
        AvailableSeats = seats.Available,
        IsPast = IsPast(now),
        IsUpcoming = IsUpcoming(now),
    };

    public EventDetails ToDetails(PoolLevel seats, DateTimeOffset now, bool mayJoin) => new()
    {
        Id = Id,
        Title = Title,
        Description = Description,
        EventType = EventType,
        Language = Language,
        Location = Location,
        JoinUrl = mayJoin ? JoinUrl : null,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
        Capacity = seats.Capacity,
        CreatedBy = CreatedBy,
        CreatedByEmail = CreatedByEmail,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        TotalEnrollments = seats.Taken,
        AvailableSeats = seats.Available,
        IsPast = IsPast(now),
        IsUpcoming = IsUpcoming(now),
    };

    private static EventRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetString(6),
        reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8),
        reader.GetInt64(9), reader.IsDBNull(10) ? null : reader.GetString(10),
        reader.GetFieldValue<DateTimeOffset>(11), reader.GetFieldValue<DateTimeOffset>(12));
}
