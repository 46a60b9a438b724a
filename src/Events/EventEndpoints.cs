using Maydon.Events.Browsing;
using Maydon.Events.Organising;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Events;

/// <summary><c>/api/events/</c>: anyone looks, organisers write.</summary>
internal static class EventEndpoints
{
    public static void MapEventEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/events").WithTags("events").AllowAnonymous();
        open.MapGet("/{id:long}/", Get).WithSummary("One event").WithProblems(404);

        var organisers = routes.MapGroup("/api/events").WithTags("events").RequireAuthorization(Policies.FacilitatorOrStaff).WithProblems(400, 401, 403);
        organisers.MapPost("/", Create).WithSummary("Announce an event");
    }

    private static async Task<Results<Ok<EventDetails>, Problem>> Get(long id, GetEvent events, CancellationToken cancellationToken) =>
        await events.ExecuteAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("event_not_found");

    private static async Task<Results<Created<EventDetails>, Problem>> Create(
        EventFields fields, CreateEvent create, GetEvent events, CurrentUser user, CancellationToken cancellationToken)
    {
        var (id, refusal) = await create.ExecuteAsync(fields, user.Id, cancellationToken);
        if (refusal is not null)
            return refusal;
        return TypedResults.Created($"/api/events/{id}/", await events.ExecuteAsync(id, cancellationToken));
    }
}
