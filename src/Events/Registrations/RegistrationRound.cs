using Maydon.Events.Mails;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Outbox;
using Npgsql;

namespace Maydon.Events.Registrations;

/// <summary>The registrations of one batch: what is known of the events and people in it, the decisions, and the rows they make.</summary>
internal sealed partial class RegistrationRound(IReadOnlyList<SeatRequest> requests, IdStash ids, SeatChanges seats) : ClaimRound<SeatRequest, SeatDecision>
{
    private readonly Dictionary<long, EventFacts> _events = [];
    private readonly Dictionary<(long EventId, long UserId), RegistrationState> _registrations = [];
    private readonly HashSet<(long EventId, long UserId)> _added = [];
    private readonly HashSet<(long EventId, long UserId)> _changed = [];
    private readonly HashSet<long> _touchedEvents = [];
    private readonly List<OutboxMessage> _mails = [];
    private readonly BatchAnswers _answers = new([.. requests.Select(request => request.Recording?.Ticket).OfType<IdempotencyTicket>()]);

    public override void AddReads(ClaimReads reads)
    {
        reads.Add(RegistrationStatements.ReadEvents(requests), row => _events[row.GetInt64(0)] = new EventFacts(row.GetFieldValue<DateTimeOffset>(1), row.GetBoolean(2)));
        reads.Add(RegistrationStatements.ReadRegistrations(requests), row =>
        {
            var found = RegistrationStatements.ReadState(row);
            _registrations[(found.EventId, found.UserId)] = found;
        });
        ids.AddRead(reads, requests.Count(request => request.Wish == SeatWish.Register));
        if (_answers.Queries(reads.Now) is { Count: > 0 } queries)
            reads.Add(queries, _answers.ReadAsync);
    }

    public override NpgsqlBatchCommand? ClaimsToLoad() =>
        requests.Any(request => request.Wish != SeatWish.Register) ? RegistrationStatements.ClaimsOf(requests.Where(request => request.Wish != SeatWish.Register)) : null;

    public override SeatDecision Decide(SeatRequest request, ClaimDesk desk)
    {
        if (request.Recording is { } known && _answers.Known(known.Ticket) is { } earlier)
            return SeatDecision.From(earlier);
        var decision = request.Wish == SeatWish.Register ? Register(request, desk) : Cancel(request, desk);
        if (request.Recording is { } first)
            _answers.Store(first.Ticket, first.Write(decision));
        return decision;
    }

    /// <summary>The refusals and their order are the specification's.</summary>
    private SeatDecision Register(SeatRequest request, ClaimDesk desk)
    {
        var key = (request.EventId, request.UserId);
        var pool = RegistrationClaims.SeatsOf(request.EventId);
        if (!_events.TryGetValue(request.EventId, out var facts) || facts.IsDeleted || desk.Level(pool) is not { } level)
            return Problem.NotFound("event_not_found");
        if (facts.EndsAt < desk.Now)
            return Problem.Conflict("past_event");
        var known = _registrations.GetValueOrDefault(key);
        var mayEnrol = known is not { HasSeat: true };
        IgnoreGuard("unique", ref mayEnrol);
        if (!mayEnrol)
            return Problem.Conflict("already_enrolled");
        if (level.Capacity == 0)
            return Problem.Conflict("registration_closed");
        if (desk.Take(RegistrationClaims.Kind, new Taking(pool, 1), "registered").ClaimId is not { } claimId)
            return Problem.Conflict("event_full");

        var isNew = known is not { HasSeat: false };
        var state = new RegistrationState
        {
            Id = isNew ? ids.Next() : known!.Id,
            EventId = request.EventId,
            UserId = request.UserId,
            Status = RegistrationStatus.Registered,
            TicketCode = TicketCode.Create(),
            ClaimId = claimId,
            CreatedAt = isNew ? desk.Now : known!.CreatedAt,
            RegisteredAt = desk.Now,
            CancelledAt = isNew ? null : known!.CancelledAt,
        };
        if (isNew)
            _added.Add(key);
        Keep(key, state, EventMailKinds.Confirmation, desk.Now);
        return new SeatDecision(Refusal: null, state, desk.Level(RegistrationClaims.SeatsOf(request.EventId))!.Value, Repeated: null);
    }

    private SeatDecision Cancel(SeatRequest request, ClaimDesk desk)
    {
        var key = (request.EventId, request.UserId);
        if (_registrations.GetValueOrDefault(key) is not { Status: RegistrationStatus.Registered, ClaimId: { } claimId } known)
            return request.Wish == SeatWish.Cancel ? Problem.NotFound("registration_not_found") : Problem.Conflict("already_canceled");
        // Who was registered when it ended stays so: that is the list of those who came.
        if (_events[request.EventId].EndsAt < desk.Now)
            return Problem.Conflict("past_event");
        if (desk.Release(claimId, "cancelled") != ClaimChange.Done)
            throw new InvalidOperationException($"Registration {known.Id} stands without the seat of its claim {claimId}.");
        var state = known with { Status = RegistrationStatus.Cancelled, CancelledAt = desk.Now };
        Keep(key, state, EventMailKinds.Cancellation, desk.Now);
        return new SeatDecision(Refusal: null, state, desk.Level(RegistrationClaims.SeatsOf(request.EventId))!.Value, Repeated: null);
    }

    public override void AddWrites(NpgsqlBatchCommandCollection writes)
    {
        _answers.AddWrites(writes);
        if (_touchedEvents.Count == 0)
            return;
        if (_added.Count > 0)
            writes.Add(RegistrationStatements.Insert([.. _added.Select(key => _registrations[key])]));
        if (_changed.Count > 0)
            writes.Add(RegistrationStatements.Update([.. _changed.Select(key => _registrations[key])]));
        writes.Add(OutboxWriter.CommandForNew(_mails));
        writes.Add(seats.TellOthers(_touchedEvents));
    }

    public override Task CommittedAsync() => seats.TellNowAsync(_touchedEvents);

    private void Keep((long EventId, long UserId) key, RegistrationState state, string mail, DateTimeOffset now)
    {
        _registrations[key] = state;
        if (!_added.Contains(key))
            _changed.Add(key);
        _touchedEvents.Add(key.EventId);
        _mails.Add(new OutboxMessage(
            mail, EventMailKinds.Subject(state.Id, state.ClaimId!.Value), $$"""{"registration_id":{{state.Id}},"claim_id":{{state.ClaimId}}}""", now));
    }

    /// <summary>See <see cref="ClaimDesk"/>: a release build has no body for it.</summary>
    static partial void IgnoreGuard(string guard, ref bool holds);

    private sealed record EventFacts(DateTimeOffset EndsAt, bool IsDeleted);
}
