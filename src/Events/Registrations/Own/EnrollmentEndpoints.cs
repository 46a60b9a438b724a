using Maydon.Events.Browsing;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Events.Registrations.Own;

/// <summary>Which event to enrol for.</summary>
public sealed record EnrollRequest
{
    [RequiredField]
    public long? EventId { get; init; }
}

/// <summary>A Seeker's place at an event, <c>enrolled</c> or <c>canceled</c>.</summary>
public sealed record EnrollmentAnswer
{
    public required long Id { get; init; }
    public required long Event { get; init; }
    public required string EventTitle { get; init; }
    public required EventDetails EventDetails { get; init; }
    public required long Seeker { get; init; }
    public required string? SeekerEmail { get; init; }
    public required string Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    internal static EnrollmentAnswer From(OwnRegistration own, DateTimeOffset now) => new()
    {
        Id = own.Registration.Id,
        Event = own.Event.Id,
        EventTitle = own.Event.Title,
        EventDetails = own.ToDetails(now),
        Seeker = own.Registration.UserId,
        SeekerEmail = own.Email,
        Status = own.Registration.HasSeat ? "enrolled" : "canceled",
        CreatedAt = own.Registration.CreatedAt,
        UpdatedAt = own.Registration.UpdatedAt,
    };
}

/// <summary><c>/api/seeker/</c>: the same registrations in the words of its clients.</summary>
internal static class EnrollmentEndpoints
{
    public static void MapEnrollmentEndpoints(this IEndpointRouteBuilder routes)
    {
        var seekers = routes.MapGroup("/api/seeker").RequireAuthorization(Policies.Seeker).WithProblems(401, 403);
        seekers.MapGet("/enrollments", List).WithSummary("My enrolments").WithProblems(400, 404);
        seekers.MapPost("/enroll", Enroll).WithSummary("Enrol for an event").WithProblems(400, 404, 409, 422, 503).RecordsOwnAnswer();
        seekers.MapPost("/enrollments/{id:long}/cancel", Cancel).WithSummary("Cancel an enrolment").WithProblems(404, 409, 422, 503).RecordsOwnAnswer();
    }

    private static async Task<Results<Ok<Page<EnrollmentAnswer>>, Problem>> List(
        [AsParameters] EnrollmentQuery query, OwnRegistrations registrations, CurrentUser user, HttpRequest request, CancellationToken cancellationToken) =>
        query.Check() is { } refusal
            ? refusal
            : await registrations.PageAsync(user.Id, RegistrationStatus.Seated, query, EnrollmentAnswer.From, request, cancellationToken) switch
            {
                { } page => TypedResults.Ok(page),
                null => Problem.NotFound("invalid_page"),
            };

    private static async Task<Results<Created<EnrollmentAnswer>, Problem, RepeatedAnswer>> Enroll(
        EnrollRequest wish, OwnRegistrations registrations, RegistrationClaims claims, CurrentUser user, TimeProvider clock, HttpContext context)
    {
        // Read before, so that the answer can be written while the seat is decided; the decision itself looks again.
        if (await registrations.FindEventAsync(wish.EventId!.Value, user.Id, context.RequestAborted) is not { } before)
            return Problem.NotFound("event_not_found");
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.Register, before.Event.Id, user.Id), StatusCodes.Status201Created, ToAnswer, context);
        if (decision.Registration is not null)
            return TypedResults.Created((string?)null, ToAnswer(decision));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;

        EnrollmentAnswer ToAnswer(SeatDecision made) =>
            EnrollmentAnswer.From(new OwnRegistration(made.Registration!, before.Event, made.Seats, before.Email), clock.Now());
    }

    private static async Task<Results<Ok<EnrollmentAnswer>, Problem, RepeatedAnswer>> Cancel(
        long id, OwnRegistrations registrations, RegistrationClaims claims, CurrentUser user, TimeProvider clock, HttpContext context)
    {
        if (await registrations.FindAsync(id, user.Id, context.RequestAborted) is not { } own)
            return Problem.NotFound("enrollment_not_found");
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.CancelEnrollment, own.Event.Id, user.Id), StatusCodes.Status200OK, ToAnswer, context);
        if (decision.Registration is not null)
            return TypedResults.Ok(ToAnswer(decision));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;

        EnrollmentAnswer ToAnswer(SeatDecision ended) => EnrollmentAnswer.From(own with { Registration = ended.Registration!, Seats = ended.Seats }, clock.Now());
    }
}
