using Maydon.Kernel.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Groups;

/// <summary>The groups that accounts are in, and what follows from them.</summary>
internal static class UserGroups
{
    private const int Most = 50;

    /// <summary>Of all these accounts at once, the names in alphabetical order.</summary>
    public static async Task<ILookup<long, string>> GroupNamesAsync(this IdentityDb db, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken)
    {
        var rows = await (
            from membership in db.Memberships
            where userIds.Contains(membership.UserId)
            join each in db.Groups on membership.GroupId equals each.Id
            orderby each.Name
            select new { membership.UserId, each.Name }).ToListAsync(cancellationToken);
        return rows.ToLookup(row => row.UserId, row => row.Name);
    }

    /// <summary>
    /// Puts the account into the groups of these names, in any letter case, and no others; refused when there is no such group. In the caller's transaction,
    /// in which the account is locked and its sessions end.
    /// </summary>
    public static async Task<Problem?> SetGroupsAsync(this IdentityDb db, long userId, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count > Most)
            return Problem.Invalid("groups", "too_many_groups", Most);
        var sought = names.ToArray();
        var found = await db.Database.SqlQuery<long?>($"""
            select (select id from identity.groups g where identity.fold(g.name) = identity.fold(sought)) as "Value" from unnest({sought}) sought
            """).ToListAsync(cancellationToken);
        if (found.Contains(null))
            return Problem.Invalid("groups", "no_such_group");
        var ids = found.Select(id => id!.Value).ToArray();
        await db.Database.ExecuteSqlAsync($"delete from identity.user_groups where user_id = {userId} and group_id <> all ({ids})", cancellationToken);
        await db.Database.ExecuteSqlAsync($"""
            insert into identity.user_groups (user_id, group_id) select {userId}, id from unnest({ids}) id order by id on conflict do nothing
            """, cancellationToken);
        return null;
    }

    /// <summary>What the groups of an account permit.</summary>
    public static async Task<IEnumerable<string>> GrantedAsync(this IdentityDb db, long userId, CancellationToken cancellationToken) =>
        Union(await db.Groups.FromSql($"""
            select g.* from identity.user_groups m join identity.groups g on g.id = m.group_id where m.user_id = {userId}
            """).AsNoTracking().ToListAsync(cancellationToken));

    /// <summary>
    /// The same for a session that begins: whoever changes one of the groups either has done so, or waits until the session is there to be ended. A session that
    /// goes on must not wait like this: it is locked itself, and found in any case.
    /// </summary>
    public static async Task<IEnumerable<string>> LockGrantedAsync(this IdentityDb db, long userId, CancellationToken cancellationToken) =>
        Union(await db.Groups.FromSql($"""
            select g.* from identity.user_groups m join identity.groups g on g.id = m.group_id where m.user_id = {userId} order by g.id for share of g
            """).AsNoTracking().ToListAsync(cancellationToken));

    private static IEnumerable<string> Union(List<Group> groups) => groups.SelectMany(each => each.Permissions).Distinct(StringComparer.Ordinal);
}
