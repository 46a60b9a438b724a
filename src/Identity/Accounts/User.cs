using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;

namespace Maydon.Identity.Accounts;

/// <summary>An account. Its email, phone and username are in the form of <see cref="Identifier"/>.</summary>
internal sealed class User
{
    public const int MaxFullName = 150;

    private User()
    {
    }

    public User(string? email, string? phone, string? username, DateTimeOffset joined) => (Email, Phone, Username, DateJoined) = (email, phone, username, joined);

    public long Id { get; private set; }
    public string? Email { get; private set; }
    public string? Phone { get; private set; }
    public string? Username { get; private set; }
    public string FullName { get; set; } = "";

    /// <summary>Null: nobody can sign in by a password until one is set.</summary>
    public string? PasswordHash { get; set; }
    public string[] Roles { get; private set; } = [];
    public bool IsActive { get; private set; } = true;
    public bool IsStaff { get; private set; }
    public bool IsSuperuser { get; private set; }
    public bool EmailVerified { get; private set; }
    public bool PhoneVerified { get; private set; }
    public string Language { get; set; } = "uz";
    public DateTimeOffset DateJoined { get; private set; }
    public DateTimeOffset? LastLogin { get; set; }

    /// <summary>Made by the database: all that the account is called, as <see cref="IdentityDb.Fold"/> leaves it.</summary>
    public string SearchText { get; private set; } = "";

    /// <summary>A mailbox that nobody has shown to be theirs yet; accounts without an email have nothing to show.</summary>
    public bool AwaitsVerification => Email is not null && !EmailVerified;

    public bool HasStaffRights => IsStaff || IsSuperuser;

    public void VerifyEmail() => EmailVerified = true;

    public void SetRoles(IEnumerable<string> roles) => Roles = [.. roles.Distinct(StringComparer.Ordinal)];

    public void SetActive(bool isActive) => IsActive = isActive;

    public void SetStaff(bool isStaff) => IsStaff = isStaff;

    public void MakeSuperuser() => (IsStaff, IsSuperuser) = (true, true);

    public TokenSubject ToTokenSubject()
    {
        var roles = new List<string>(Roles);
        if (IsStaff)
            roles.Add(CurrentUser.Staff);
        if (IsSuperuser)
            roles.Add(CurrentUser.Superuser);
        return new TokenSubject(Id, roles, Language);
    }
}
