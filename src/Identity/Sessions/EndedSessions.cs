using System.Collections.Concurrent;

namespace Maydon.Identity.Sessions;

/// <summary>
/// The sessions whose access tokens could still be alive although they have ended, as this node knows them: asked on every request,
/// without a lock. <see cref="EndedSessionsFeed"/> fills it from the other nodes and forgets what no token can outlive.
/// </summary>
internal sealed class EndedSessions
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _endedAt = new(StringComparer.Ordinal);

    public bool Contains(string sessionId) => _endedAt.ContainsKey(sessionId);

    public void Add(string sessionId, DateTimeOffset endedAt) => _endedAt.TryAdd(sessionId, endedAt);

    public void ForgetBefore(DateTimeOffset time)
    {
        foreach (var (id, endedAt) in _endedAt)
        {
            if (endedAt < time)
                _endedAt.TryRemove(id, out _);
        }
    }
}
