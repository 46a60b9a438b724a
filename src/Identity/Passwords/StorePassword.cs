using Maydon.Identity.Accounts;
using Maydon.Identity.Codes;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Passwords;

/// <summary>Puts a password in place of the one that <c>user</c> was read with, in the caller's transaction: sessions end, a reset code on its way is void.</summary>
internal sealed class StorePassword(IdentityDb db, SessionEnding sessions, OneTimeCodes codes, SignInThrottle throttle, IdentityAudit audit)
{
    /// <param name="actorId">Null for a command.</param>
    public async Task<Problem?> ExecuteAsync(User read, string hash, string? exceptSession, long? actorId, CancellationToken cancellationToken)
    {
        var changed = await db.Users.Where(user => user.Id == read.Id && user.PasswordHash == read.PasswordHash)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, hash), cancellationToken);
        if (changed == 0)
            return Problem.Conflict("changed_meanwhile");
        if (Identifier.Email(read.Email) is { } email)
            await codes.VoidAsync(email, CodePurpose.ResetPassword, cancellationToken);
        await sessions.EndAllAsync(read.Id, EndReason.PasswordChanged, exceptSession, cancellationToken);
        await throttle.ResetAccountAsync(read, cancellationToken);
        await audit.RecordAsync(IdentityAudit.PasswordChanged, read.Id, actorId, null, cancellationToken);
        return null;
    }
}
