using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;

namespace Maydon.Events.Registrations;

internal enum SeatWish { Register, Cancel }

/// <summary>A person wants a seat at an event, or gives it back.</summary>
internal sealed record SeatRequest(SeatWish Wish, long EventId, long UserId);

/// <summary>Either why not, or the registration as it is stored now.</summary>
internal sealed record SeatDecision(Problem? Refusal, RegistrationState? Registration)
{
    public static implicit operator SeatDecision(Problem refusal) => new(refusal, Registration: null);
}

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

    public bool HasSeat => Status is RegistrationStatus.Registered or RegistrationStatus.Attended;
}

/// <summary>Registering and cancelling through the claim writer: one handler for both, so that whoever comes second sees the first.</summary>
internal sealed class RegistrationClaims(ClaimQueue queue, SeatChanges seats) : ClaimHandler<SeatRequest, SeatDecision>(queue)
{
    private static readonly SeatDecision s_unavailable = Problem.Unavailable(ClaimQueue.RetryAfter);
    private readonly IdStash _ids = new("events.registrations_id_seq");

    public async Task<SeatDecision> DecideAsync(SeatRequest request, CancellationToken aborted) =>
        (await SubmitAsync(request, aborted)).Result ?? s_unavailable;

    protected override IEnumerable<PoolKey> PoolsOf(SeatRequest request) => [SeatsOf(request.EventId)];

    protected override RegistrationRound BeginRound(IReadOnlyList<SeatRequest> requests) => new(requests, _ids, seats);

    public static PoolKey SeatsOf(long eventId) => new(Event.PoolKind, eventId);
}
