using Maydon.Identity.Accounts;
using Maydon.Identity.Codes;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Passwords;

public sealed class RequestResetRequest
{
    [MaxText(254)] public string? Email { get; init; }
    [MaxText(40)] public string? Phone { get; init; }
}

public sealed class ConfirmResetRequest
{
    [MaxText(254)] public string? Email { get; init; }
    [MaxText(40)] public string? Phone { get; init; }
    [RequiredField, MaxText(20)] public string? Otp { get; init; }
    [RequiredField] public string? NewPassword { get; init; }
}

/// <summary>
/// Sets a new password for whoever reads the account's mail; every session ends, and the mailbox counts as verified. Don't reveal that
/// there is no such account: its codes can be tried too, only never be right.
/// </summary>
internal sealed class ResetPassword(
    IdentityDb db, DbSession session, OneTimeCodes codes, PasswordHashing passwords, StorePassword store, IdentityAudit audit)
{
    public async Task<Problem?> ExecuteAsync(ConfirmResetRequest request, CancellationToken cancellationToken)
    {
        var email = Identifier.Email(request.Email);
        // Judged before the code, so that a weak password costs no try; not by the name, which would tell that there is one.
        var errors = new ValidationErrors();
        PasswordRules.Check(errors, "new_password", request.NewPassword, email?.Value);
        if (errors.Count > 0)
            return Problem.Invalid(errors);

        var user = await db.Users.Called(email ?? Identifier.Nobody).SingleOrDefaultAsync(cancellationToken);
        var (code, refusal) = await codes.TryAsync(email, CodePurpose.ResetPassword, request.Otp, cancellationToken);
        if (code is not { } codeId)
        {
            await audit.RecordAsync(IdentityAudit.CodeRefused, user?.Id, null, new { purpose = CodePurpose.ResetPassword, reason = refusal!.Code }, cancellationToken);
            return refusal;
        }

        if (user is null or { IsActive: false })
            return OneTimeCodes.Invalid();
        PasswordRules.Check(errors, "new_password", request.NewPassword, email!.Value, user.FullName);
        return errors.Count > 0 ? Problem.Invalid(errors) : await ResetAsync(user, codeId, request.NewPassword!, cancellationToken);
    }

    private async Task<Problem?> ResetAsync(User user, long codeId, string password, CancellationToken cancellationToken)
    {
        if (await passwords.HashAsync(password, cancellationToken) is not { } hash)
            return Problem.Unavailable(PasswordHashing.RetryAfter);
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (!await codes.UseAsync(codeId, cancellationToken))
            return OneTimeCodes.Invalid();
        user.VerifyEmail();
        await db.SaveChangesAsync(cancellationToken);
        if (await store.ExecuteAsync(user, hash, exceptSession: null, user.Id, cancellationToken) is { } refusal)
            return refusal;
        await audit.RecordAsync(IdentityAudit.PasswordReset, user.Id, user.Id, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
