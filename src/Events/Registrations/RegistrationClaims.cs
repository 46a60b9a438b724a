using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Maydon.Events.Registrations;

internal enum SeatWish
{
    Register,

    /// <summary>By the event: whoever has no seat is told that there is nothing to cancel.</summary>
    Cancel,

    /// <summary>By the enrolment, which the person is known to have had: without a seat it is cancelled already.</summary>
    CancelEnrollment,
}

/// <summary>A person wants a seat at an event, or gives it back.</summary>
internal sealed record SeatRequest(SeatWish Wish, long EventId, long UserId)
{
    public Recording<SeatDecision>? Recording { get; init; }
}

/// <summary>Why not, or the registration as it is stored now with the seats after it, or the answer that was given before.</summary>
internal sealed record SeatDecision(Problem? Refusal, RegistrationState? Registration, PoolLevel Seats, RepeatedAnswer? Repeated)
{
    public static implicit operator SeatDecision(Problem refusal) => new(refusal, Registration: null, default, Repeated: null);

    public static SeatDecision From(IResult known) =>
        known as Problem ?? new SeatDecision(Refusal: null, Registration: null, default, new RepeatedAnswer(known));
}

/// <summary>Registering and cancelling through the claim writer: one handler for both, so that whoever comes second sees the first.</summary>
internal sealed class RegistrationClaims(ClaimQueue queue, SeatChanges seats, IOptions<JsonOptions> json) : ClaimHandler<SeatRequest, SeatDecision>(queue)
{
    private static readonly SeatDecision s_unavailable = Problem.Unavailable(ClaimQueue.RetryAfter);
    public const string Kind = "registration";
    private readonly IdStash _ids = new("events.registrations_id_seq");

    public override string ClaimKind => Kind;

    public static PoolKey SeatsOf(long eventId) => new(Event.PoolKind, eventId);

    /// <param name="status">Of the answer when there is a registration; <paramref name="body"/> makes its body.</param>
    public async Task<SeatDecision> DecideAsync<TBody>(SeatRequest request, int status, Func<SeatDecision, TBody> body, HttpContext context)
    {
        if (IdempotencyTicket.Of(context) is { } ticket)
        {
            request = request with
            {
                Recording = new Recording<SeatDecision>(ticket, decision => decision.Refusal is { } refusal
                    ? StoredAnswer.Of(refusal, ticket)
                    : StoredAnswer.Of(status, body(decision), json.Value.SerializerOptions)),
            };
        }

        return (await SubmitAsync(request, context.RequestAborted)).Result ?? s_unavailable;
    }

    public override IEnumerable<PoolKey> PoolsOf(SeatRequest request) => [SeatsOf(request.EventId)];

    public override RegistrationRound BeginRound(IReadOnlyList<SeatRequest> requests) => new(requests, _ids, seats);
}
