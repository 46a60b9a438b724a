using Maydon.Identity.Codes;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Accounts;

public sealed class VerifyEmailRequest
{
    [RequiredField, MaxText(254)] public string? Email { get; init; }
    [RequiredField, MaxText(20)] public string? Otp { get; init; }
}

/// <summary>Shows that a mailbox is the account's own. Don't reveal that there is no such account: its codes can be tried too, only never be right.</summary>
internal sealed class VerifyEmail(IdentityDb db, DbSession session, OneTimeCodes codes, IdentityAudit audit)
{
    public async Task<(Identifier? Email, Problem? Refusal)> ExecuteAsync(VerifyEmailRequest request, CancellationToken cancellationToken)
    {
        var email = Identifier.Email(request.Email);
        var user = await db.Users.Called(email ?? Identifier.Nobody).SingleOrDefaultAsync(cancellationToken);
        var (code, refusal) = await codes.TryAsync(email, CodePurpose.VerifyEmail, request.Otp, cancellationToken);
        if (code is not { } codeId)
        {
            await audit.RecordAsync(IdentityAudit.CodeRefused, user?.Id, null, new { purpose = CodePurpose.VerifyEmail, reason = refusal!.Code }, cancellationToken);
            return (null, refusal);
        }

        await using var transaction = await session.BeginAsync(cancellationToken);
        if (user is null || !await codes.UseAsync(codeId, cancellationToken))
            return (null, OneTimeCodes.Invalid());
        user.VerifyEmail();
        await db.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.EmailVerified, user.Id, user.Id, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (email, null);
    }
}
