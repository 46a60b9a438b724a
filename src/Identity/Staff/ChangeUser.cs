using Maydon.Identity.Accounts;
using Maydon.Identity.Groups;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Staff;

/// <summary>Absent fields stay as they are.</summary>
public sealed class ChangeUserRequest
{
    public bool? IsActive { get; init; }
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>For superusers only.</summary>
    public bool? IsStaff { get; init; }

    /// <summary>Names, instead of those that there were. For superusers only.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary>
/// What staff may do to an account. Nobody raises their own rights, nor through a second account: staff give only the roles that anybody can
/// sign up with. Other staff, superusers and whoever has rights by a group are a superuser's business; somebody who may do everything always remains.
/// </summary>
internal sealed class ChangeUser(IdentityDb db, DbSession session, SessionEnding sessions, IdentityAudit audit)
{
    public async Task<(StaffUserBody? User, Problem? Refusal)> ExecuteAsync(long id, ChangeUserRequest request, CurrentUser actor, CancellationToken cancellationToken)
    {
        var unknown = (request.Roles ?? []).Except(Roles.All).ToList();
        if (unknown.Count > 0)
            return (null, Problem.Invalid("roles", "invalid_choice", string.Join(", ", Roles.All)));

        await using var transaction = await session.BeginAsync(cancellationToken);
        var superusers = await LockSuperusersAsync(cancellationToken);
        var user = await db.LockUserAsync(id, cancellationToken);
        if (user is null)
            return (null, Problem.NotFound("user_not_found"));
        var groups = await GroupsAsync(user, cancellationToken);
        if (!MayChange(actor, user, groups, request))
            return (null, Problem.Forbidden());
        if (request.IsActive is false && superusers is [var last] && last == user.Id)
            return (null, Problem.Conflict("last_superuser"));

        var before = new { user.IsActive, user.Roles, user.IsStaff, Groups = groups };
        if (request.Groups is not null && await db.SetGroupsAsync(user.Id, request.Groups, cancellationToken) is { } unknownGroup)
            return (null, unknownGroup);
        groups = await GroupsAsync(user, cancellationToken);
        user.SetActive(request.IsActive ?? user.IsActive);
        user.SetRoles(request.Roles ?? user.Roles);
        user.SetStaff(request.IsStaff ?? user.IsStaff);
        var after = new { user.IsActive, user.Roles, user.IsStaff, Groups = groups };
        if (before.IsActive != after.IsActive || before.IsStaff != after.IsStaff || !before.Roles.SequenceEqual(after.Roles) || !before.Groups.SequenceEqual(after.Groups))
        {
            await db.SaveChangesAsync(cancellationToken);
            await sessions.EndAllAsync(user.Id, EndReason.AccountChanged, except: null, cancellationToken);
            await audit.RecordAsync(IdentityAudit.AccountChanged, user.Id, actor.Id, new { before, after }, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return (StaffUserBody.Of(user, groups), null);
    }

    private static bool MayChange(CurrentUser actor, User user, List<string> groups, ChangeUserRequest request)
    {
        var given = (request.Roles ?? []).Except(user.Roles).ToList();
        var joins = (request.Groups ?? []).Except(groups, StringComparer.OrdinalIgnoreCase).Any();
        if (actor.Id == user.Id && (request.IsStaff is true && !user.IsStaff || given.Count > 0 || joins))
            return false;
        if (actor.IsSuperuser)
            return true;
        return request.IsStaff is null && request.Groups is null && ((!user.HasStaffRights && groups.Count == 0) || actor.Id == user.Id) && !given.Except(Roles.OfSignUp).Any();
    }

    private async Task<List<string>> GroupsAsync(User user, CancellationToken cancellationToken) => [.. (await db.GroupNamesAsync([user.Id], cancellationToken))[user.Id]];

    /// <summary>Locked, so that the last two cannot deactivate each other at the same moment; in the order of their ids, against deadlocks.</summary>
    private Task<List<long>> LockSuperusersAsync(CancellationToken cancellationToken) =>
        db.Database.SqlQuery<long>($"""select id as "Value" from identity.users where is_superuser and is_active order by id for update""").ToListAsync(cancellationToken);
}
