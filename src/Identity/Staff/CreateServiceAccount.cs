using Maydon.Identity.Accounts;
using Maydon.Identity.Groups;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Staff;

/// <summary>An account for a program: a username, no mailbox, nothing but what its groups permit. It signs in at <c>/api/token/</c>.</summary>
internal sealed class CreateServiceAccount(IdentityDb db, DbSession session, PasswordHashing passwords, IdentityAudit audit, TimeProvider clock)
{
    // 149 random bits, for nobody has to type it.
    private const int PasswordLength = 30;

    /// <param name="request">Checked by its rules.</param>
    /// <param name="actorId">Null for a command.</param>
    public async Task<(User? User, string Password, Problem? Refusal)> ExecuteAsync(CreateServiceAccountRequest request, long? actorId, CancellationToken cancellationToken)
    {
        var groups = request.Groups ?? [];
        if (Identifier.Username(request.Username) is not { } name)
            return (null, "", Problem.Invalid("username", "invalid_username"));
        // Before the password is hashed, and so that a command has something to say; the constraint is the guard.
        if (await db.Users.Called(name).AnyAsync(cancellationToken))
            return (null, "", Problem.Conflict("username_exists"));
        var password = MadePassword.OfLength(PasswordLength);
        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
            return (null, "", Problem.Unavailable(PasswordHashing.RetryAfter));

        await using var transaction = await session.BeginAsync(cancellationToken);
        var user = new User(email: null, phone: null, name.Value, clock.Now()) { FullName = FieldRules.Trimmed(request.FullName), PasswordHash = hash, Language = request.Language ?? Messages.Languages[0] };
        db.Users.Add(user);
        await db.SaveChangesAsync(cancellationToken);
        if (await db.SetGroupsAsync(user.Id, groups, cancellationToken) is { } refusal)
            return (null, "", refusal);
        await audit.RecordAsync(IdentityAudit.AccountCreated, user.Id, actorId, new { user.IsSuperuser, groups }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (user, password, null);
    }
}
