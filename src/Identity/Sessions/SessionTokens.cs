using System.Security.Cryptography;
using System.Text;
using Maydon.Identity.Accounts;
using Maydon.Identity.Groups;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

/// <summary>The two tokens of a session; <c>refresh</c> is good for one use.</summary>
public sealed record TokenPair(string Refresh, string Access);

/// <summary>Begins sessions and gives them their tokens, in the caller's transaction.</summary>
internal sealed class SessionTokens(IdentityDb db, AccessTokens tokens, Caller caller, MaydonSettings settings, TimeProvider clock)
{
    public async Task<TokenPair> BeginAsync(User user, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var session = new Session(AccessTokens.NewId(), user.Id, caller.Device, caller.Address, now, now + settings.RefreshTokenLifetime);
        user.LastLogin = now;
        db.Sessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        return await IssueAsync(user, session.Id, await db.LockGrantedAsync(user.Id, cancellationToken), now, cancellationToken);
    }

    public async Task<TokenPair> ContinueAsync(User user, string sessionId, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await db.Sessions.Where(session => session.Id == sessionId).ExecuteUpdateAsync(
            set => set
                .SetProperty(session => session.LastSeenAt, now)
                .SetProperty(session => session.Address, caller.Address)
                .SetProperty(session => session.ExpiresAt, now + settings.RefreshTokenLifetime),
            cancellationToken);
        return await IssueAsync(user, sessionId, await db.GrantedAsync(user.Id, cancellationToken), now, cancellationToken);
    }

    /// <summary>What is kept of a refresh token. Its id has 128 random bits, so a plain hash is enough.</summary>
    public static byte[] HashOf(string tokenId) => SHA256.HashData(Encoding.UTF8.GetBytes(tokenId));

    private async Task<TokenPair> IssueAsync(User user, string sessionId, IEnumerable<string> permissions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = AccessTokens.NewId();
        await db.Database.ExecuteSqlAsync($"""
            insert into identity.refresh_tokens (hash, session_id, expires_at) values ({HashOf(id)}, {sessionId}, {now + settings.RefreshTokenLifetime})
            """, cancellationToken);
        var subject = user.ToTokenSubject();
        return new TokenPair(tokens.IssueRefresh(subject, sessionId, id), tokens.Issue(subject with { Permissions = PermissionClaim.ValueOf(permissions) }, sessionId));
    }
}
