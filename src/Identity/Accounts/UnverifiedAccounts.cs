using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Accounts;

/// <summary>Accounts from their sign-up to the code that shows whose they are, in the caller's transaction.</summary>
internal sealed class UnverifiedAccounts(IdentityDb db, TimeProvider clock)
{
    public Task<User?> FindAsync(Identifier email, CancellationToken cancellationToken) =>
        db.Users.AsNoTracking().Called(email).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Null: somebody else has just made one with this email. Of many at once one makes it, and the others are no error of the database.</summary>
    public async Task<long?> AddAsync(Identifier email, string passwordHash, string role, string fullName, string language, CancellationToken cancellationToken)
    {
        string[] roles = [role];
        var made = await db.Database.SqlQuery<long>($"""
            insert into identity.users (email, password_hash, roles, full_name, language, date_joined)
            values ({email.Value}, {passwordHash}, {roles}, {fullName}, {language}, {clock.Now()})
            on conflict (email) do nothing returning id as "Value"
            """).ToListAsync(cancellationToken);
        return made is [var id] ? id : null;
    }

    /// <summary>
    /// Somebody else claims the mailbox as well: neither of the two passwords counts, nor what only one of them says of the person. False: it was
    /// verified, or disputed, meanwhile.
    /// </summary>
    public async Task<bool> DisputeAsync(User read, string role, string fullName, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"""
            update identity.users set
                password_hash = null,
                roles = case when {role} = any(roles) then roles else roles || {role} end,
                full_name = case when full_name = {fullName} then full_name else '' end
            where id = {read.Id} and password_hash = {read.PasswordHash} and not email_verified
            """, cancellationToken) == 1;
}
