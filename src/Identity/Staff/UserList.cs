using System.ComponentModel;
using Maydon.Identity.Accounts;
using Maydon.Identity.Groups;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Staff;

/// <summary>An account as staff see it.</summary>
public sealed record StaffUserBody(
    long Id, string? Email, string? Phone, string? Username, string FullName, IReadOnlyList<string> Roles, IReadOnlyList<string> Groups, bool IsActive, bool IsStaff, bool IsSuperuser,
    bool EmailVerified, bool PhoneVerified, string Language, DateTimeOffset DateJoined, DateTimeOffset? LastLogin)
{
    internal static StaffUserBody Of(User user, IEnumerable<string> groups) => new(
        user.Id, user.Email, user.Phone, user.Username, user.FullName, user.Roles, [.. groups], user.IsActive, user.IsStaff, user.IsSuperuser,
        user.EmailVerified, user.PhoneVerified, user.Language, user.DateJoined, user.LastLogin);
}

public sealed class UserListQuery : ListQuery
{
    [FromQuery(Name = "search"), MaxText(200), Description("Words that must all occur in email, phone, username or full name.")]
    public string? Search { get; set; }

    [FromQuery(Name = "role"), OneOf(Accounts.Roles.Seeker, Accounts.Roles.Facilitator, Accounts.Roles.Clinic, Accounts.Roles.Doctor, Accounts.Roles.Registrar)]
    public string? Role { get; set; }

    [FromQuery(Name = "is_active")]
    public bool? IsActive { get; set; }

    [FromQuery(Name = "is_staff")]
    public bool? IsStaff { get; set; }

    [FromQuery(Name = "email_verified")]
    public bool? EmailVerified { get; set; }

    [FromQuery(Name = "ordering"), Description("id, email, full_name, date_joined or last_login, descending with -; the newest first unless told.")]
    public string? Ordering { get; set; }
}

/// <summary>The accounts for staff.</summary>
internal sealed class UserList(IdentityDb db)
{
    private static readonly Ordering<User> s_ordering = new Ordering<User>(user => user.Id)
        .By("id", user => user.Id)
        .By("email", user => user.Email)
        .By("full_name", user => user.FullName)
        .By("date_joined", user => user.DateJoined)
        .By("last_login", user => user.LastLogin);

    public async Task<(Page<StaffUserBody>? Page, Problem? Refusal)> ExecuteAsync(UserListQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        if (s_ordering.Check(query.Ordering) is { } unknown)
            return (null, unknown);
        var users = Filter(db.Users.AsNoTracking(), query);
        var count = await users.LongCountAsync(cancellationToken);
        if (query.Check(count) is { } refusal)
            return (null, refusal);
        var rows = await s_ordering.Apply(users, query.Ordering, all => all.OrderByDescending(user => user.Id))
            .Skip((int)query.Offset).Take(query.Size).ToListAsync(cancellationToken);
        var groups = await db.GroupNamesAsync([.. rows.Select(user => user.Id)], cancellationToken);
        return (query.ToPage(request, count, [.. rows.Select(user => StaffUserBody.Of(user, groups[user.Id]))]), null);
    }

    private static IQueryable<User> Filter(IQueryable<User> users, UserListQuery query)
    {
        foreach (var word in SearchWords.Patterns(query.Search))
            users = users.Where(user => EF.Functions.Like(user.SearchText, IdentityDb.Fold(word), SearchWords.Escape));
        if (query.Role is { } role)
        {
            // So that it becomes "roles contain all of these", which has an index, and not "any of the roles is this", which has none.
            string[] roles = [role];
            users = users.Where(user => roles.All(each => user.Roles.Contains(each)));
        }

        if (query.IsActive is { } isActive)
            users = users.Where(user => user.IsActive == isActive);
        if (query.IsStaff is { } isStaff)
            users = users.Where(user => user.IsStaff == isStaff);
        if (query.EmailVerified is { } verified)
            users = users.Where(user => user.EmailVerified == verified);
        return users;
    }
}
