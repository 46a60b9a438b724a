using Maydon.Events.Registrations.Own;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Events.Registrations;

/// <summary>A seat taken. The ticket code admits to the event.</summary>
public sealed record RegisteredAnswer(long Id, long Event, string Status, string TicketCode, DateTimeOffset RegisteredAt)
{
    internal static RegisteredAnswer From(SeatDecision decision)
    {
        var made = decision.Registration!;
        return new(made.Id, made.EventId, made.Status, made.TicketCode, made.RegisteredAt!.Value);
    }
}

/// <summary>A seat given back; its ticket is worthless.</summary>
public sealed record CancelledAnswer(long Id, long Event, string Status, DateTimeOffset CancelledAt)
{
    internal static CancelledAnswer From(SeatDecision decision)
    {
        var ended = decision.Registration!;
        return new(ended.Id, ended.EventId, ended.Status, ended.CancelledAt!.Value);
    }
}

/// <summary>Seats at an event, for whoever is signed in: signing in takes a verified address.</summary>
internal static class RegistrationEndpoints
{
    public static void MapRegistrationEndpoints(this IEndpointRouteBuilder routes)
    {
        var seats = routes.MapGroup("/api/events/{id:long}").RequireAuthorization().RecordsOwnAnswer();
        seats.MapPost("/register/", Register).WithSummary("Register for an event").WithProblems(401, 404, 409, 422, 503);
        seats.MapPost("/cancel/", Cancel).WithSummary("Cancel a registration").WithProblems(401, 404, 409, 422, 503);

        var own = routes.MapGroup("/api/registrations").RequireAuthorization();
        own.MapGet("/", List).WithSummary("My registrations").WithProblems(400, 401, 404);
    }

    private static async Task<Results<Created<RegisteredAnswer>, Problem, RepeatedAnswer>> Register(
        long id, RegistrationClaims claims, CurrentUser user, HttpContext context)
    {
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.Register, id, user.Id), StatusCodes.Status201Created, RegisteredAnswer.From, context);
        if (decision.Registration is not null)
            return TypedResults.Created((string?)null, RegisteredAnswer.From(decision));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;
    }

    private static async Task<Results<Ok<CancelledAnswer>, Problem, RepeatedAnswer>> Cancel(
        long id, RegistrationClaims claims, CurrentUser user, HttpContext context)
    {
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.Cancel, id, user.Id), StatusCodes.Status200OK, CancelledAnswer.From, context);
        if (decision.Registration is not null)
            return TypedResults.Ok(CancelledAnswer.From(decision));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;
    }

    private static async Task<Results<Ok<Page<RegistrationItem>>, Problem>> List(
        [AsParameters] RegistrationQuery query, OwnRegistrations registrations, CurrentUser user, HttpRequest request, CancellationToken cancellationToken) =>
        query.Check() is { } refusal
            ? refusal
            : await registrations.PageAsync(user.Id, query.Status is { Length: > 0 } status ? [status] : null, query, RegistrationItem.From, request, cancellationToken) switch
            {
                { } page => TypedResults.Ok(page),
                null => Problem.NotFound("invalid_page"),
            };
}
