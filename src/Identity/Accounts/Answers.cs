namespace Maydon.Identity.Accounts;

/// <summary>An account as its owner sees it. <c>role</c> is the first of <c>roles</c>.</summary>
public sealed record AccountBody(
    long Id, string? Email, string? Phone, string FullName, string? Role, IReadOnlyList<string> Roles, bool EmailVerified, string Language, DateTimeOffset DateJoined)
{
    internal static AccountBody Of(User user) =>
        new(user.Id, user.Email, user.Phone, user.FullName, user.Roles.FirstOrDefault(), user.Roles, user.EmailVerified, user.Language, user.DateJoined);
}

/// <summary>What was done about an email address, for people.</summary>
public sealed record EmailAnswer(string Detail, string Email);

/// <summary>What was done, for people.</summary>
public sealed record DetailAnswer(string Detail);
