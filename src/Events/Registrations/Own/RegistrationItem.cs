using Maydon.Events.Browsing;

namespace Maydon.Events.Registrations.Own;

/// <summary>One of my registrations. The ticket code and the address to join by are there while it holds a seat.</summary>
public sealed record RegistrationItem
{
    public required long Id { get; init; }
    public required long Event { get; init; }
    public required string EventTitle { get; init; }
    public required EventDetails EventDetails { get; init; }
    public required string Status { get; init; }
    public required string? TicketCode { get; init; }
    public required DateTimeOffset? RegisteredAt { get; init; }
    public required DateTimeOffset? CancelledAt { get; init; }
    public required DateTimeOffset? AttendedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    internal static RegistrationItem From(OwnRegistration own, DateTimeOffset now) => new()
    {
        Id = own.Registration.Id,
        Event = own.Event.Id,
        EventTitle = own.Event.Title,
        EventDetails = own.ToDetails(now),
        Status = own.Registration.Status,
        TicketCode = own.Registration.HasSeat ? own.Registration.TicketCode : null,
        RegisteredAt = own.Registration.RegisteredAt,
        CancelledAt = own.Registration.CancelledAt,
        AttendedAt = own.Registration.AttendedAt,
        CreatedAt = own.Registration.CreatedAt,
        UpdatedAt = own.Registration.UpdatedAt,
    };
}
