using Maydon.Events.Browsing;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Events.Facilitation;

/// <summary><c>/api/facilitator/</c>: what organisers see of their own events.</summary>
internal static class FacilitatorEndpoints
{
    public static void MapFacilitatorEndpoints(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/api/facilitator").RequireAuthorization(Policies.Facilitator).WithProblems(401, 403);
        own.MapGet("/events", List).WithSummary("My events, the newest first").WithProblems(400, 404);

        var people = routes.MapGroup("/api/facilitator/events/{id:long}").RequireAuthorization().WithProblems(400, 401, 403, 404);
        people.MapGet("/registrations/", People).WithSummary("The people of an event");
        people.MapGet("/registrations.csv", PeopleAsCsv).WithSummary("The people of an event as a file for spreadsheets")
            .Produces<string>(StatusCodes.Status200OK, "text/csv");
    }

    private static async Task<Results<Ok<Page<EventItem>>, Problem>> List(
        [AsParameters] FacilitatorEventQuery query, FacilitatorEvents events, CurrentUser user, HttpRequest request, CancellationToken cancellationToken) =>
        await events.ReadAsync(user.Id, query, request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");

    private static async Task<Results<Ok<Page<Participant>>, Problem>> People(
        long id, [AsParameters] ParticipantQuery query, Participants people, HttpRequest request, CancellationToken cancellationToken)
    {
        if ((query.Check() ?? await people.RefuseAsync(id, cancellationToken)) is { } refusal)
            return refusal;
        var count = await people.CountAsync(id, query, cancellationToken);
        if (query.Check(count) is { } missing)
            return missing;
        var page = await people.ReadPageAsync(id, query, cancellationToken);
        return TypedResults.Ok(query.ToPage(request, count, page));
    }

    private static async Task<Results<ParticipantCsv, Problem>> PeopleAsCsv(
        long id, [FromQuery(Name = "search")] string? search, [FromQuery(Name = "status")] string? status, Participants people, CancellationToken cancellationToken)
    {
        var query = new ParticipantQuery { Search = search, Status = status };
        if ((query.Check() ?? await people.RefuseAsync(id, cancellationToken)) is { } refusal)
            return refusal;
        return new ParticipantCsv(id, people.ReadAllAsync(id, query, cancellationToken));
    }
}
