using System.Globalization;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Kernel.Caching;

/// <summary>
/// Says of which subjects the levels have changed (the seats of events, the stock of products), so that what was read of them is read again:
/// on this node before the caller is answered, on all with the commit: should this node not learn how its commit ended, the signal still does.
/// </summary>
public abstract class LevelChanges(ClusterSignals signals, ChangeLog log, string topic)
{
    // A batch may touch more subjects than a signal can name.
    private const int LongestSignal = 6_000;

    private Action<IEnumerable<long>> _changed = _ => { };

    /// <param name="changed">Called with subject ids, mostly twice for a change of this node; must be quick.</param>
    /// <param name="missed">Called when any subject may have changed.</param>
    public void Subscribe(Action<IEnumerable<long>> changed, Action missed)
    {
        _changed += changed;
        signals.Subscribe(topic, payload => Deliver(payload, changed, missed), _ =>
        {
            missed();
            return Task.CompletedTask;
        });
        log.Follow(topic, payload => Deliver(payload, changed, missed), missed);
    }

    /// <summary>Part of every transaction that changes the levels: all nodes are told with the commit, and this one's readers before the caller is answered.</summary>
    public async Task ChangedAsync(DbSession session, IReadOnlyCollection<long> subjectIds, CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { TellOthers(subjectIds) } })
            await batch.ExecuteNonQueryAsync(cancellationToken);
        session.AfterCommit(() => TellNowAsync(subjectIds));
    }

    /// <summary>Tells all nodes, as part of the transaction that changes the levels.</summary>
    public NpgsqlBatchCommand TellOthers(IEnumerable<long> subjectIds) => ClusterSignals.Command(topic, Payload(subjectIds));

    /// <summary>After the commit and before anybody is answered. Where nodes share a Redis, they all know before this returns.</summary>
    public Task TellNowAsync(IReadOnlyCollection<long> subjectIds)
    {
        if (subjectIds.Count == 0)
            return Task.CompletedTask;
        _changed(subjectIds);
        return log.TellAsync(topic, Payload(subjectIds));
    }

    private static string Payload(IEnumerable<long> subjectIds)
    {
        var ids = string.Join(',', subjectIds);
        return ids.Length > LongestSignal ? "" : ids;
    }

    private static void Deliver(string ids, Action<IEnumerable<long>> changed, Action missed)
    {
        if (ids.Length == 0)
            missed();
        else
            changed(ids.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)));
    }
}
