using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Groups;

public sealed class CreateGroupRequest
{
    [RequiredField, MaxLine(Group.MaxName)] public string? Name { get; init; }
    public IReadOnlyList<string>? Permissions { get; init; }
}

/// <summary>Absent fields stay as they are; <c>permissions</c> takes the place of those that there were.</summary>
public sealed class ChangeGroupRequest
{
    [MaxLine(Group.MaxName)] public string? Name { get; init; }
    public IReadOnlyList<string>? Permissions { get; init; }
}

public sealed record GroupBody(long Id, string Name, IReadOnlyList<string> Permissions);

public sealed class GroupListQuery : ListQuery;

public sealed class PermissionListQuery : ListQuery;

/// <summary><c>/api/admin/groups/</c> and <c>/api/admin/permissions/</c></summary>
internal static class GroupEndpoints
{
    public static void MapGroupEndpoints(this IEndpointRouteBuilder routes)
    {
        var groups = routes.MapGroup("/api/admin/groups").RequireAuthorization(Policies.Superuser).WithProblems(400, 401, 403, 404, 429);
        groups.MapGet("/", List).WithSummary("Groups and what they permit");
        groups.MapPost("/", Create).WithSummary("Make a group").WithProblems(409);
        groups.MapPatch("/{id:long}/", Change).WithSummary("Rename a group or change what it permits; then its members' sessions end").WithProblems(409);
        groups.MapDelete("/{id:long}/", Delete).WithSummary("Delete a group; its members' sessions end");
        routes.MapGet("/api/admin/permissions/", ListPermissions).RequireAuthorization(Policies.Superuser).WithProblems(400, 401, 403, 404, 429)
            .WithSummary("Every permission that groups can hold");
    }

    private static async Task<Results<Ok<Page<GroupBody>>, Problem>> List(
        [AsParameters] GroupListQuery query, IdentityDb db, HttpRequest request, CancellationToken cancellationToken)
    {
        var count = await db.Groups.LongCountAsync(cancellationToken);
        if (query.Check(count) is { } refusal)
            return refusal;
        var rows = await db.Groups.OrderBy(group => group.Name).ThenBy(group => group.Id).Skip((int)query.Offset).Take(query.Size)
            .Select(group => new GroupBody(group.Id, group.Name, group.Permissions)).ToListAsync(cancellationToken);
        return TypedResults.Ok(query.ToPage(request, count, rows));
    }

    private static async Task<Results<Created<GroupBody>, Problem>> Create(CreateGroupRequest request, WriteGroup write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (made, refusal) = await write.CreateAsync(request.Name!, request.Permissions ?? [], user.Id, cancellationToken);
        return made is null ? refusal! : TypedResults.Created((string?)null, BodyOf(made));
    }

    private static async Task<Results<Ok<GroupBody>, Problem>> Change(
        long id, ChangeGroupRequest request, WriteGroup write, CurrentUser user, CancellationToken cancellationToken)
    {
        var (changed, refusal) = await write.ChangeAsync(id, request.Name, request.Permissions, user.Id, cancellationToken);
        return changed is null ? refusal! : TypedResults.Ok(BodyOf(changed));
    }

    private static async Task<Results<NoContent, Problem>> Delete(long id, WriteGroup write, CurrentUser user, CancellationToken cancellationToken) =>
        await write.DeleteAsync(id, user.Id, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static Results<Ok<Page<string>>, Problem> ListPermissions([AsParameters] PermissionListQuery query, KnownPermissions known, HttpRequest request) =>
        query.Check(known.All.Count) is { } refusal
            ? refusal
            : TypedResults.Ok(query.ToPage(request, known.All.Count, [.. known.All.Skip((int)query.Offset).Take(query.Size)]));

    private static GroupBody BodyOf(Group group) => new(group.Id, group.Name, group.Permissions);
}
