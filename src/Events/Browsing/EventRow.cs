using Maydon.Events.Organising;
using Maydon.Inventory;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>What of an event changes only when somebody writes it; the seats and the time of day are laid over it.</summary>
internal sealed record EventRow(
    long Id, string Title, string Description, string EventType, string? Location, string? JoinUrl, string Language,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, long CreatedBy, string? CreatedByEmail, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    private const string Columns = """
        e.id, e.title, e.description, e.event_type, e.location, e.join_url, e.language,
        e.starts_at, e.ends_at, e.created_by, p.email, e.created_at, e.updated_at
        """;

    /// <summary>In the order of <paramref name="ids"/>; deleted events are missing.</summary>
    public static async Task<List<EventRow>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            select {Columns}
            from unnest($1) with ordinality as wanted (id, place)
            join events.events e on e.id = wanted.id and e.deleted_at is null
            join identity.people p on p.id = e.created_by
            order by wanted.place
            """, connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<EventRow>(ids.Count);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(Read(reader));
        return rows;
    }

    public bool IsPast(DateTimeOffset now) => EndsAt < now;

    public bool IsUpcoming(DateTimeOffset now) => StartsAt > now;

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
