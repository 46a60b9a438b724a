using Maydon.Events.Browsing;
using Maydon.Events.Caching;
using Maydon.Events.Organising;
using Maydon.Kernel.Caching;
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
        var open = routes.MapGroup("/api/events").AllowAnonymous().WithCachedReads<EventAnswers>();
        open.MapGet("/", List).WithSummary("Events, the next first, then the past").WithProblems(400, 404, 503);
        open.MapGet("/search/", Search).WithSummary("Events that have not started yet").WithProblems(400, 404, 503);
        open.MapGet("/{id:long}/", Get).WithSummary("One event").WithProblems(404);

        // The use cases check the fields themselves, together with what follows from them: all that is wrong is told at once.
        var organisers = routes.MapGroup("/api/events").RequireAuthorization(Policies.FacilitatorOrStaff).LimitWriting().WithProblems(400, 401, 403, 429);
        organisers.MapPost("/", Create).WithSummary("Announce an event").DisableValidation();

        var owners = routes.MapGroup("/api/events/{id:long}").RequireAuthorization().LimitWriting().WithProblems(401, 403, 404, 429);
        owners.MapPut("/", Replace).WithSummary("Replace an event; what is left out is emptied").WithProblems(400, 409).DisableValidation();
        owners.MapPatch("/", Change).WithSummary("Change an event").WithProblems(400, 409).DisableValidation();
        owners.MapDelete("/", Delete).WithSummary("Cancel an event, tell everybody who is registered, and hide it");
    }

    /// <summary>Anybody can make themselves an organiser, and an event takes room in the search index and sends mails: a script must not fill the disk.</summary>
    private static TBuilder LimitWriting<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.LimitPerUser("events", throttles => throttles.Events);

    private static Task<Results<CachedAnswer<Page<EventItem>>, Problem>> List(
        [AsParameters] EventQuery query, EventReads events, HttpContext context, CancellationToken cancellationToken) =>
        ListAsync(query, upcomingOnly: false, events, context, cancellationToken);

    private static Task<Results<CachedAnswer<Page<EventItem>>, Problem>> Search(
        [AsParameters] EventQuery query, EventReads events, HttpContext context, CancellationToken cancellationToken) =>
        ListAsync(query, upcomingOnly: true, events, context, cancellationToken);

    private static async Task<Results<CachedAnswer<Page<EventItem>>, Problem>> ListAsync(
        EventQuery query, bool upcomingOnly, EventReads events, HttpContext context, CancellationToken cancellationToken)
    {
        var (answer, refusal) = await events.ListAsync(query, upcomingOnly, context, cancellationToken);
        return answer is not null ? answer : refusal!;
    }

    private static async Task<Results<CachedAnswer<EventDetails>, Ok<EventDetails>, Problem>> Get(
        long id, EventReads events, GetEvent own, HttpContext context, CancellationToken cancellationToken)
    {
        if (await events.DetailAsync(id, context, cancellationToken) is not { } answer)
            return Problem.NotFound("event_not_found");
        if (answer.IsWhole)
            return answer;
        return await own.ExecuteAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("event_not_found");
    }

    private static async Task<Results<Created<EventDetails>, Problem>> Create(
        EventFields fields, CreateEvent create, GetEvent events, CurrentUser user, CancellationToken cancellationToken)
    {
        var (id, refusal) = await create.ExecuteAsync(fields, user.Id, cancellationToken);
        if (refusal is not null)
            return refusal;
        return TypedResults.Created($"/api/events/{id}/", await events.ExecuteAsync(id, cancellationToken));
    }

    private static Task<Results<Ok<EventDetails>, Problem>> Replace(long id, EventFields fields, ChangeEvent change, GetEvent events, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: true, change, events, cancellationToken);

    private static Task<Results<Ok<EventDetails>, Problem>> Change(long id, EventFields fields, ChangeEvent change, GetEvent events, CancellationToken cancellationToken) =>
        ChangeAsync(id, fields, replace: false, change, events, cancellationToken);

    private static async Task<Results<Ok<EventDetails>, Problem>> ChangeAsync(
        long id, EventFields fields, bool replace, ChangeEvent change, GetEvent events, CancellationToken cancellationToken)
    {
        if (await change.ExecuteAsync(id, fields, replace, cancellationToken) is { } refusal)
            return refusal;
        return await events.ExecuteAsync(id, cancellationToken) is { } changed ? TypedResults.Ok(changed) : Problem.NotFound("event_not_found");
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, DeleteEvent delete, CancellationToken cancellationToken) =>
        await delete.ExecuteAsync(id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();
}
