using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Registrations;

/// <summary>The statements of a batch of registrations; each handles all its rows at once.</summary>
internal static class RegistrationStatements
{
    /// <summary>Deleted events too: a condition on that would let the planner choose one of the partial indexes.</summary>
    public static NpgsqlBatchCommand ReadEvents(IEnumerable<SeatRequest> requests) =>
        new("select e.id, e.ends_at, e.deleted_at is not null from unnest($1) as wanted (id) join events.events e using (id)")
        {
            Parameters = { Array([.. requests.Select(request => request.EventId).Distinct()]) },
        };

    /// <summary>For <see cref="ReadState"/>.</summary>
    public static NpgsqlBatchCommand ReadRegistrations(IReadOnlyCollection<SeatRequest> requests) => new("""
        select r.id, r.event_id, r.user_id, r.status, r.ticket_code, r.claim_id, r.created_at, r.registered_at, r.cancelled_at
        from unnest($1, $2) as wanted (event_id, user_id) join events.registrations r using (event_id, user_id)
        """)
    {
        Parameters = { Array([.. requests.Select(request => request.EventId)]), Array([.. requests.Select(request => request.UserId)]) },
    };

    public static RegistrationState ReadState(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        EventId = row.GetInt64(1),
        UserId = row.GetInt64(2),
        Status = row.GetString(3),
        TicketCode = row.GetString(4),
        ClaimId = row.IsDBNull(5) ? null : row.GetInt64(5),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(6),
        RegisteredAt = row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7),
        CancelledAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
    };

    /// <summary>The claims that these people hold.</summary>
    public static NpgsqlBatchCommand ClaimsOf(IEnumerable<SeatRequest> requests)
    {
        var cancelling = requests.ToList();
        return new NpgsqlBatchCommand("""
            select r.claim_id from unnest($1, $2) as wanted (event_id, user_id) join events.registrations r using (event_id, user_id)
            """)
        {
            Parameters = { Array([.. cancelling.Select(request => request.EventId)]), Array([.. cancelling.Select(request => request.UserId)]) },
        };
    }

    public static NpgsqlBatchCommand Insert(IReadOnlyList<RegistrationState> rows) => new("""
        insert into events.registrations (id, event_id, user_id, status, ticket_code, claim_id, created_at, registered_at, cancelled_at)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    {
        Parameters =
        {
            Array([.. rows.Select(row => row.Id)]),
            Array([.. rows.Select(row => row.EventId)]),
            Array([.. rows.Select(row => row.UserId)]),
            Array([.. rows.Select(row => row.Status)]),
            Array([.. rows.Select(row => row.TicketCode)]),
            Array([.. rows.Select(row => row.ClaimId)]),
            Times(rows.Select(row => (DateTimeOffset?)row.CreatedAt)),
            Times(rows.Select(row => row.RegisteredAt)),
            Times(rows.Select(row => row.CancelledAt)),
        },
    };

    public static NpgsqlBatchCommand Update(IReadOnlyList<RegistrationState> rows) => new("""
        update events.registrations r set
            status = n.status, ticket_code = n.ticket_code, claim_id = n.claim_id, registered_at = n.registered_at, cancelled_at = n.cancelled_at
        from unnest($1, $2, $3, $4, $5, $6) as n (id, status, ticket_code, claim_id, registered_at, cancelled_at)
        where r.id = n.id
        """)
    {
        Parameters =
        {
            Array([.. rows.Select(row => row.Id)]),
            Array([.. rows.Select(row => row.Status)]),
            Array([.. rows.Select(row => row.TicketCode)]),
            Array([.. rows.Select(row => row.ClaimId)]),
            Times(rows.Select(row => row.RegisteredAt)),
            Times(rows.Select(row => row.CancelledAt)),
        },
    };

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };

    private static NpgsqlParameter<DateTime?[]> Times(IEnumerable<DateTimeOffset?> values) =>
        new() { TypedValue = [.. values.Select(value => value?.UtcDateTime)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
