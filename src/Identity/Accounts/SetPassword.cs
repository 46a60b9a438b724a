using Maydon.Identity.Contracts;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Accounts;

/// <summary>For the command line, where nobody is asked for the old one.</summary>
internal sealed class SetPassword(IdentityDb db, DbSession session, PasswordHashing passwords, StorePassword store)
{
    public async Task<AccountCommandResult> ExecuteAsync(string name, string password, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().Called(Identifier.Parse(name) ?? Identifier.Nobody).SingleOrDefaultAsync(cancellationToken);
        if (user is null)
            return new(null, [Messages.Text("user_not_found")]);
        var errors = new ValidationErrors();
        PasswordRules.Check(errors, "password", password, user.Email, user.FullName);
        if (errors.Count > 0)
            return new(null, [.. errors["password"]]);
        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
            return new(null, [Messages.Text("unavailable")]);
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await store.ExecuteAsync(user, hash, exceptSession: null, actorId: null, cancellationToken) is { } refusal)
            return new(null, [Messages.Text(refusal.Code)]);
        await transaction.CommitAsync(cancellationToken);
        return new(user.Id, []);
    }
}
