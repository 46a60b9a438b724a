using Maydon.Identity.Accounts;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Passwords;

public sealed class ChangePasswordRequest
{
    [RequiredField, MaxText(1024)] public string? OldPassword { get; init; }
    [RequiredField] public string? NewPassword { get; init; }
}

/// <summary>Whoever holds a session must still know the password; guessing it counts like signing in.</summary>
internal sealed class ChangePassword(IdentityDb db, DbSession session, SignInThrottle throttle, PasswordHashing passwords, StorePassword store, IdentityAudit audit)
{
    /// <param name="sessionId">The one that goes on.</param>
    public async Task<Problem?> ExecuteAsync(long userId, string? sessionId, ChangePasswordRequest request, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId && user.IsActive, cancellationToken);
        if (user is null)
            return Problem.Of(StatusCodes.Status401Unauthorized, "token_not_valid");
        var errors = new ValidationErrors();
        PasswordRules.Check(errors, "new_password", request.NewPassword, user.Email, user.FullName);
        if (errors.Count > 0)
            return Problem.Invalid(errors);

        var key = SignInThrottle.KeyOf(user);
        if (await throttle.CountAsync(key, cancellationToken) is { } wait)
            return Problem.Throttled(wait);
        if (await passwords.CheckAsync(user.PasswordHash, request.OldPassword!, cancellationToken) is not { } check)
        {
            await throttle.RefundAsync(key, cancellationToken);
            return Problem.Unavailable(PasswordHashing.RetryAfter);
        }

        if (!check.IsRight)
        {
            await audit.RecordAsync(IdentityAudit.SignInFailed, user.Id, user.Id, new { reason = "wrong_old_password" }, cancellationToken);
            return Problem.Invalid("old_password", "password_wrong");
        }

        await throttle.ForgiveAsync(key, cancellationToken);
        if (await passwords.HashAsync(request.NewPassword!, cancellationToken) is not { } hash)
            return Problem.Unavailable(PasswordHashing.RetryAfter);
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await store.ExecuteAsync(user, hash, sessionId, user.Id, cancellationToken) is { } refusal)
            return refusal;
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
