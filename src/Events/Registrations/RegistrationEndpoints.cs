using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Events.Registrations;

/// <summary>A seat taken. The ticket code admits to the event.</summary>
public sealed record RegisteredAnswer(long Id, long Event, string Status, string TicketCode, DateTimeOffset RegisteredAt);

/// <summary>A seat given back; its ticket is worthless.</summary>
public sealed record CancelledAnswer(long Id, long Event, string Status, DateTimeOffset CancelledAt);

/// <summary>Seats at an event, for whoever is signed in.</summary>
internal static class RegistrationEndpoints
{
    public static void MapRegistrationEndpoints(this IEndpointRouteBuilder routes)
    {
        var seats = routes.MapGroup("/api/events/{id:long}").WithTags("registrations").RequireAuthorization();
        seats.MapPost("/register/", Register).WithSummary("Register for an event").WithProblems(401, 404, 409, 503);
        seats.MapPost("/cancel/", Cancel).WithSummary("Cancel a registration").WithProblems(401, 404, 503);
    }

    private static async Task<Results<Created<RegisteredAnswer>, Problem>> Register(long id, RegistrationClaims claims, CurrentUser user, CancellationToken aborted)
    {
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.Register, id, user.Id), aborted);
        return decision.Registration is { } made
            ? TypedResults.Created((string?)null, new RegisteredAnswer(made.Id, made.EventId, made.Status, made.TicketCode, made.RegisteredAt!.Value))
            : decision.Refusal!;
    }

    private static async Task<Results<Ok<CancelledAnswer>, Problem>> Cancel(long id, RegistrationClaims claims, CurrentUser user, CancellationToken aborted)
    {
        var decision = await claims.DecideAsync(new SeatRequest(SeatWish.Cancel, id, user.Id), aborted);
        return decision.Registration is { } ended
            ? TypedResults.Ok(new CancelledAnswer(ended.Id, ended.EventId, ended.Status, ended.CancelledAt!.Value))
            : decision.Refusal!;
    }
}
