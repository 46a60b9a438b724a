using Maydon.Identity.Tokens;
using Maydon.Kernel.Persistence;

namespace Maydon.Identity.Sessions;

/// <summary>Ends sessions because their owner says so.</summary>
internal sealed class SignOut(DbSession session, SessionEnding sessions, AccessTokens tokens)
{
    /// <param name="refresh">Of a session that ends too, if it is the user's own: a client may hold tokens of two.</param>
    public async Task ExecuteAsync(long userId, string? sessionId, string? refresh, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var other = refresh is null ? null : tokens.Read(refresh)?.SessionId;
        foreach (var id in new[] { sessionId, other }.OfType<string>().Distinct(StringComparer.Ordinal))
            await sessions.EndAsync(id, userId, EndReason.SignedOut, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task EverywhereAsync(long userId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        await sessions.EndAllAsync(userId, EndReason.SignedOutEverywhere, except: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>False: the user has no such session that goes on.</summary>
    public async Task<bool> RevokeAsync(long userId, string sessionId, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (await sessions.EndAsync(sessionId, userId, EndReason.Revoked, cancellationToken) == 0)
            return false;
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
