using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

/// <summary><c>last_seen_at</c> is the sign-in or the last refresh; <c>current</c> marks the session that asks.</summary>
public sealed record SessionBody(string Id, string Device, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool Current);

public sealed class SessionListQuery : ListQuery;

internal sealed class OwnSessions(IdentityDb db, TimeProvider clock)
{
    public async Task<(Page<SessionBody>? Page, Problem? Refusal)> ListAsync(
        SessionListQuery query, long userId, string? current, HttpRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var sessions = db.Sessions.Where(session => session.UserId == userId && session.EndedAt == null && session.ExpiresAt > now);
        var count = await sessions.LongCountAsync(cancellationToken);
        if (query.Check(count) is { } refusal)
            return (null, refusal);
        var rows = await sessions.OrderByDescending(session => session.LastSeenAt).ThenByDescending(session => session.Id)
            .Skip((int)query.Offset).Take(query.Size)
            .Select(session => new SessionBody(session.Id, session.Device, session.Address, session.CreatedAt, session.LastSeenAt, session.Id == current))
            .ToListAsync(cancellationToken);
        return (query.ToPage(request, count, rows), null);
    }
}
