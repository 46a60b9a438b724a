using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Groups;

/// <summary>
/// Makes, changes and deletes groups. When what a group permits changes, the sessions of its members end: their tokens say what was permitted before.
/// </summary>
internal sealed class WriteGroup(IdentityDb db, DbSession session, SessionEnding sessions, KnownPermissions known, IdentityAudit audit)
{
    /// <param name="actorId">Null for a command.</param>
    public async Task<(Group? Group, Problem? Refusal)> CreateAsync(string name, IReadOnlyList<string> permissions, long? actorId, CancellationToken cancellationToken)
    {
        if (Check(permissions, held: []) is { } unknown)
            return (null, unknown);
        await using var transaction = await session.BeginAsync(cancellationToken);
        var made = new Group(name, permissions);
        db.Groups.Add(made);
        await db.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.GroupCreated, null, actorId, new { made.Id, made.Name, made.Permissions }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (made, null);
    }

    /// <summary>Null leaves the name or the permissions as they are.</summary>
    public async Task<(Group? Group, Problem? Refusal)> ChangeAsync(
        long id, string? name, IReadOnlyList<string>? permissions, long? actorId, CancellationToken cancellationToken)
    {
        if (name is not null && FieldRules.IsBlank(name))
            return (null, Problem.Invalid("name", "required"));
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(id, cancellationToken) is not { } changed)
            return (null, NotFound());
        // What a module granted that is off now may stay.
        if (Check(permissions ?? [], changed.Permissions) is { } unknown)
            return (null, unknown);
        var before = new { changed.Name, changed.Permissions };
        changed.Rename(name ?? changed.Name);
        changed.Grant(permissions ?? changed.Permissions);
        var after = new { changed.Name, changed.Permissions };
        var permitsOthers = !before.Permissions.SequenceEqual(after.Permissions);
        if (permitsOthers || before.Name != after.Name)
        {
            await db.SaveChangesAsync(cancellationToken);
            if (permitsOthers)
                await sessions.EndAllOfGroupAsync(changed.Id, cancellationToken);
            await audit.RecordAsync(IdentityAudit.GroupChanged, null, actorId, new { changed.Id, before, after }, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return (changed, null);
    }

    /// <summary>Its members keep what other groups give them.</summary>
    public async Task<Problem?> DeleteAsync(long id, long actorId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await LockAsync(id, cancellationToken) is not { } deleted)
            return NotFound();
        await sessions.EndAllOfGroupAsync(deleted.Id, cancellationToken);
        db.Groups.Remove(deleted);
        await db.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.GroupDeleted, null, actorId, new { deleted.Id, deleted.Name, deleted.Permissions }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private Problem? Check(IReadOnlyList<string> permissions, IReadOnlyList<string> held) =>
        permissions.Except(known.All, StringComparer.Ordinal).Except(held, StringComparer.Ordinal).ToList() is { Count: > 0 } unknown
            ? Problem.Invalid("permissions", "permission_unknown", string.Join(", ", unknown), string.Join(", ", known.All))
            : null;

    private static Problem NotFound() => Problem.NotFound("group_not_found");

    /// <summary>Before its members' sessions: whoever changes the same group waits here, and a sign-in of a member has begun its session or waits too.</summary>
    private Task<Group?> LockAsync(long id, CancellationToken cancellationToken) =>
        db.Groups.FromSql($"select * from identity.groups where id = {id} for update").SingleOrDefaultAsync(cancellationToken);
}
