using Maydon.Identity.Accounts;
using Maydon.Identity.Groups;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Staff;

public sealed class CreateServiceAccountRequest
{
    [RequiredField, MaxText(150)] public string? Username { get; init; }
    [MaxLine(User.MaxFullName)] public string? FullName { get; init; }
    /// <summary>In which it is told of errors; whoever is signed in is not spoken to in that of the request.</summary>
    [Language] public string? Language { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary><c>password</c> is shown this once.</summary>
public sealed record ServiceAccountBody(string Password, StaffUserBody User);

/// <summary><c>/api/admin/users/</c></summary>
internal static class StaffEndpoints
{
    public static void MapStaffEndpoints(this IEndpointRouteBuilder routes)
    {
        var staff = routes.MapGroup("/api/admin/users").RequireAuthorization(Policies.Staff).WithProblems(400, 401, 403, 404, 429);
        staff.MapGet("/", List).WithSummary("Accounts");
        staff.MapPost("/", CreateService).RequireAuthorization(Policies.Superuser).WithoutIdempotency().WithProblems(409, 503)
            .WithSummary("Make a service account; its password is shown this once");
        staff.MapPatch("/{id:long}/", Change).WithSummary("Change an account's roles, groups and rights, or deactivate it; its sessions end").WithProblems(409);
    }

    private static async Task<Results<Created<ServiceAccountBody>, Problem>> CreateService(
        CreateServiceAccountRequest request, CreateServiceAccount create, IdentityDb db, CurrentUser user, CancellationToken cancellationToken)
    {
        var (made, password, refusal) = await create.ExecuteAsync(request, user.Id, cancellationToken);
        if (made is null)
            return refusal!;
        var groups = await db.GroupNamesAsync([made.Id], cancellationToken);
        return TypedResults.Created((string?)null, new ServiceAccountBody(password, StaffUserBody.Of(made, groups[made.Id])));
    }

    private static async Task<Results<Ok<Page<StaffUserBody>>, Problem>> List(
        [AsParameters] UserListQuery query, UserList users, HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = await users.ExecuteAsync(query, request, cancellationToken);
        return page is null ? refusal! : TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<StaffUserBody>, Problem>> Change(
        long id, ChangeUserRequest request, ChangeUser change, CurrentUser user, CancellationToken cancellationToken)
    {
        var (changed, refusal) = await change.ExecuteAsync(id, request, user, cancellationToken);
        return changed is null ? refusal! : TypedResults.Ok(changed);
    }
}
