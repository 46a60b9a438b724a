using System.Runtime.InteropServices;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;

namespace Maydon.Kernel.Caching;

/// <summary>How far the writes had come when something was read.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReadMark(long Written, long Levels)
{
    public bool IsAtLeast(ReadMark other) => Written >= other.Written && Levels >= other.Levels;
}

/// <summary>
/// Counts the writes that a module's cached reads depend on: those of this node before their answer goes out, those of all nodes as their
/// signals arrive, or, with Redis, before anything is answered (<see cref="ChangeLog"/>). Marked before the first query, a read can be told fresh from stale ever after.
/// </summary>
public abstract class ReadStamps
{
    // Subjects that share a bucket only share their staleness.
    private const int Buckets = 4096;

    private readonly Lock _changing = new();
    private readonly long[] _levels = new long[Buckets];
    private readonly ChangeLog _log;
    private readonly string _topic;
    private long _written;
    private long _lastLevel;

    /// <param name="topic">Of the signals that tell other nodes.</param>
    protected ReadStamps(ClusterSignals signals, ChangeLog log, string topic, params ReadOnlySpan<LevelChanges> levels)
    {
        (_log, _topic) = (log, topic);
        signals.Subscribe(topic, _ => CountWrite(), _ =>
        {
            Forget();
            return Task.CompletedTask;
        });
        log.Follow(topic, _ => CountWrite(), Forget);
        foreach (var changes in levels)
            changes.Subscribe(ChangeLevels, Forget);
    }

    /// <summary>Where nodes share a Redis: before anything is answered from memory, or marked. Then even another node's write is never missed.</summary>
    public ValueTask CatchUpAsync() => _log.CatchUpAsync();

    public ReadMark Mark() => new(Volatile.Read(ref _written), Volatile.Read(ref _lastLevel));

    public bool WrittenSince(ReadMark mark) => Volatile.Read(ref _written) != mark.Written;

    public bool LevelsChangedSince(ReadMark mark, long[] subjectIds)
    {
        foreach (var id in subjectIds)
        {
            if (Volatile.Read(ref _levels[id % Buckets]) > mark.Levels)
                return true;
        }

        return false;
    }

    /// <summary>Part of every transaction that writes anything the module's reads show, capacities included.</summary>
    public async Task WrittenAsync(DbSession session, CancellationToken cancellationToken)
    {
        await ClusterSignals.SendAsync(session.Connection, _topic, "", cancellationToken);
        session.AfterCommit(() =>
        {
            CountWrite();
            return _log.TellAsync(_topic, "");
        });
    }

    /// <summary>Anything may have been written.</summary>
    public void Forget()
    {
        CountWrite();
        ChangeLevels(Enumerable.Range(0, Buckets).Select(bucket => (long)bucket));
    }

    private void CountWrite() => Interlocked.Increment(ref _written);

    private void ChangeLevels(IEnumerable<long> subjectIds)
    {
        lock (_changing)
        {
            var stamp = Interlocked.Increment(ref _lastLevel);
            foreach (var id in subjectIds)
                Volatile.Write(ref _levels[id % Buckets], stamp);
        }
    }
}
