using Maydon.Identity.Accounts;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

/// <summary>A sign-in that succeeded, or why it did not.</summary>
internal sealed record SignInResult(User? User, TokenPair? Tokens, Problem? Refusal)
{
    public static implicit operator SignInResult(Problem refusal) => new(null, null, refusal);
}

/// <summary>
/// Checks a password and begins a session. Don't reveal that an account does not exist, has no password or is inactive: such a try
/// does the same reads, the same hashing and the same writes as a wrong password, and gets the same answer.
/// </summary>
internal sealed class SignIn(
    IdentityDb db, DbSession session, SignInThrottle throttle, PasswordHashing passwords, SessionTokens sessions, IdentityAudit audit)
{
    /// <param name="typed">As it was sent; <paramref name="identifier"/> is what it means, null if it can be nobody's.</param>
    public async Task<SignInResult> ExecuteAsync(string typed, Identifier? identifier, string password, string refusalCode, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().Called(identifier ?? Identifier.Nobody).SingleOrDefaultAsync(cancellationToken);
        var key = SignInThrottle.KeyOf(user, identifier, typed);
        if (await throttle.CountAsync(key, cancellationToken) is { } wait)
        {
            var refusal = Problem.Throttled(wait);
            return await throttle.CountRefusalAsync(cancellationToken) ? await FailAsync(user, "throttled", refusal, cancellationToken) : refusal;
        }

        if (await passwords.CheckAsync(user?.PasswordHash, password, cancellationToken) is not { } check)
        {
            await throttle.RefundAsync(key, cancellationToken);
            return Problem.Unavailable(PasswordHashing.RetryAfter);
        }

        var invalid = Problem.Of(StatusCodes.Status401Unauthorized, refusalCode);
        if (user is null || !check.IsRight || !user.IsActive)
            return await FailAsync(user, "wrong_credentials", invalid, cancellationToken);
        await throttle.ForgiveAsync(key, cancellationToken);
        if (user.AwaitsVerification)
            return await FailAsync(user, "email_not_verified", Problem.Of(StatusCodes.Status403Forbidden, "email_not_verified"), cancellationToken);
        return await BeginAsync(user, check.BetterHash, cancellationToken) ?? await FailAsync(user, "changed_meanwhile", invalid, cancellationToken);
    }

    /// <summary>
    /// Null when the account is no longer what its password was checked against. The row stays locked until the session is committed,
    /// so whoever changes the account either comes first or finds the session and ends it.
    /// </summary>
    private async Task<SignInResult?> BeginAsync(User checkedUser, string? betterHash, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var user = await db.LockUserAsync(checkedUser.Id, cancellationToken);
        if (user is null || !user.IsActive || user.PasswordHash != checkedUser.PasswordHash)
            return null;
        user.PasswordHash = betterHash ?? user.PasswordHash;
        var tokens = await sessions.BeginAsync(user, cancellationToken);
        await audit.RecordAsync(IdentityAudit.SignedIn, user.Id, user.Id, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new SignInResult(user, tokens, null);
    }

    private async Task<SignInResult> FailAsync(User? user, string reason, Problem refusal, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(IdentityAudit.SignInFailed, user?.Id, null, new { reason }, cancellationToken);
        return refusal;
    }
}
