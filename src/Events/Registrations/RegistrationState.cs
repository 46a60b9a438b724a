namespace Maydon.Events.Registrations;

/// <summary>A row of <c>events.registrations</c> at the end of a decision.</summary>
internal sealed record RegistrationState
{
    public required long Id { get; init; }
    public required long EventId { get; init; }
    public required long UserId { get; init; }
    public required string Status { get; init; }
    public required string TicketCode { get; init; }
    public required long? ClaimId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RegisteredAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }
    public DateTimeOffset? AttendedAt { get; init; }

    /// <summary>The last change of any kind.</summary>
    public DateTimeOffset UpdatedAt => new[] { CreatedAt, RegisteredAt, CancelledAt, AttendedAt }.Max()!.Value;

    public bool HasSeat => RegistrationStatus.Seated.Contains(Status);

    public static RegistrationState From(Registration row) => new()
    {
        Id = row.Id,
        EventId = row.EventId,
        UserId = row.UserId,
        Status = row.Status,
        TicketCode = row.TicketCode,
        ClaimId = row.ClaimId,
        CreatedAt = row.CreatedAt,
        RegisteredAt = row.RegisteredAt,
        CancelledAt = row.CancelledAt,
        AttendedAt = row.AttendedAt,
    };
}
