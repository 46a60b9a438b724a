using Maydon.Identity.Accounts;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Codes;

/// <summary>
/// Has a code mailed, if the account exists and can use one: that is looked up when the mail is written, so that the request does the
/// same for everybody.
/// </summary>
internal sealed class RequestCode(IdentityDb db, DbSession session, OneTimeCodes codes, IdentityAudit audit)
{
    public async Task<Problem?> ExecuteAsync(string? email, string purpose, CancellationToken cancellationToken)
    {
        if (Identifier.Email(email) is not { } recipient)
            return Problem.Invalid("email", "invalid_email");
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await codes.SendAsync(recipient, purpose, isFirst: false, cancellationToken) is { } wait)
            return Problem.Throttled(wait);
        var userId = await db.Users.Called(recipient).Select(user => (long?)user.Id).SingleOrDefaultAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.CodeRequested, userId, null, new { purpose }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}

public sealed class ResendCodeRequest
{
    [RequiredField, MaxText(254)] public string? Email { get; init; }
}
