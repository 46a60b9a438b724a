using System.Text.Json.Serialization;

namespace Maydon.Events.Browsing;

/// <summary>An event as lists show it. Times are UTC; seats are null when unlimited.</summary>
public record EventItem
{
    public required long Id { get; init; }
    public required string Title { get; init; }
    public required string EventType { get; init; }
    public required string Language { get; init; }
    public required string? Location { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public DateTimeOffset StartTime => StartsAt;
    public DateTimeOffset EndTime => EndsAt;
    public required int? Capacity { get; init; }
    public required long CreatedBy { get; init; }
    public required string? CreatedByEmail { get; init; }
    public required int TotalEnrollments { get; init; }
    public required int? AvailableSeats { get; init; }
    public required bool IsPast { get; init; }
    public required bool IsUpcoming { get; init; }
}

/// <summary>One event whole. The address to join by is there for those who may have it, null for everybody else.</summary>
public sealed record EventDetails : EventItem
{
    // After what every item has: the serializer would begin with what a derived type adds.
    [JsonPropertyOrder(1)]
    public required string Description { get; init; }

    [JsonPropertyOrder(1)]
    public required string? JoinUrl { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset UpdatedAt { get; init; }
}
