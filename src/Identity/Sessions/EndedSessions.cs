using System.Collections.Concurrent;

namespace Maydon.Identity.Sessions;

/// <summary>The sessions whose access tokens could still be alive although they have ended, as every node knows them.</summary>
internal sealed class EndedSessions
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _endedAt = new(StringComparer.Ordinal);

    public bool Contains(string sessionId) => _endedAt.ContainsKey(sessionId);

    public void Add(string sessionId, DateTimeOffset endedAt) => _endedAt.TryAdd(sessionId, endedAt);
}
