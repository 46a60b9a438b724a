using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Staff;

/// <summary><c>/api/admin/users/</c></summary>
internal static class StaffEndpoints
{
    public static void MapStaffEndpoints(this IEndpointRouteBuilder routes)
    {
        var staff = routes.MapGroup("/api/admin/users").RequireAuthorization(Policies.Staff).WithProblems(400, 401, 403, 404, 429);
        staff.MapGet("/", List).WithSummary("Accounts");
        staff.MapPatch("/{id:long}/", Change).WithSummary("Change an account's roles and rights, or deactivate it; its sessions end").WithProblems(409);
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
        return changed is null ? refusal! : TypedResults.Ok(StaffUserBody.Of(changed));
    }
}
