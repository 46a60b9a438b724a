using Maydon.Identity.Accounts;

namespace Maydon.Identity.Contracts;

/// <summary>A superuser to be made; at least one of email, phone and username. The language is the default one unless told.</summary>
public sealed record NewSuperuser(string? Email, string? Phone, string? Username, string? FullName, string Password, string? Language = null);

/// <summary>What came of it: the account's id, or one sentence per fault in the current UI language.</summary>
public sealed record AccountCommandResult(long? UserId, IReadOnlyList<string> Faults);

/// <summary>The account that a first start made; the password is known to nobody else and shown once.</summary>
public sealed record FirstAdmin(string Email, string Username, string Password, string Language);

/// <summary>What the command line does to accounts, without anybody signed in. Recorded in the audit log.</summary>
public sealed class AccountCommands
{
    private readonly CreateSuperuser _create;
    private readonly SetPassword _setPassword;

    internal AccountCommands(CreateSuperuser create, SetPassword setPassword) => (_create, _setPassword) = (create, setPassword);

    /// <summary>From this length a staff password is recommended; shorter ones are allowed.</summary>
    public static int RecommendedPasswordLength => Passwords.PasswordRules.RecommendedForStaff;

    /// <summary>Active, verified, with every right. Faults for a taken or malformed name and for a password that breaks the rules.</summary>
    public Task<AccountCommandResult> CreateSuperuserAsync(NewSuperuser superuser, CancellationToken cancellationToken) => _create.ExecuteAsync(superuser, cancellationToken);

    /// <summary>Sets the password of the account with this email, phone or username; its sessions end.</summary>
    public Task<AccountCommandResult> ChangePasswordAsync(string name, string password, CancellationToken cancellationToken) =>
        _setPassword.ExecuteAsync(name, password, cancellationToken);

    /// <summary>Makes <c>admin</c> with a random password if there is no superuser at all; null if there is one. Safe to call on several nodes at once.</summary>
    /// <param name="language">One of those that people can choose.</param>
    public Task<FirstAdmin?> EnsureAdminAsync(string language, CancellationToken cancellationToken) => _create.EnsureAdminAsync(language, cancellationToken);
}
