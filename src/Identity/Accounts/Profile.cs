using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Accounts;

/// <summary>Absent fields stay as they are.</summary>
public sealed class ChangeProfileRequest
{
    [MaxLine(User.MaxFullName)] public string? FullName { get; init; }
    [Language] public string? Language { get; init; }
}

/// <summary>What people may know and change of their own account. Null: it is gone or inactive, whatever the token says.</summary>
internal sealed class Profile(IdentityDb db, DbSession session)
{
    public Task<User?> GetAsync(long id, CancellationToken cancellationToken) =>
        db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id && user.IsActive, cancellationToken);

    public async Task<User?> ChangeAsync(long id, ChangeProfileRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var user = await db.Users.SingleOrDefaultAsync(user => user.Id == id && user.IsActive, cancellationToken);
        if (user is null)
            return null;
        user.FullName = request.FullName is null ? user.FullName : FieldRules.Trimmed(request.FullName);
        user.Language = request.Language ?? user.Language;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return user;
    }
}
