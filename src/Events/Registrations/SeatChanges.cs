using System.Globalization;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Events.Registrations;

/// <summary>
/// Says of which events the seats have changed, so that what was read of them is read again: on this node before the caller is
/// answered, on all with the commit: should this node not learn how its commit ended, the signal still does.
/// </summary>
internal sealed class SeatChanges(ClusterSignals signals)
{
    private const string Topic = "events.seats";

    // A batch may touch more events than a signal can name.
    private const int LongestSignal = 6_000;

    private Action<IEnumerable<long>> _changed = _ => { };

    /// <param name="changed">Called with event ids, mostly twice for a change of this node; must be quick.</param>
    /// <param name="missed">Called when any event may have changed.</param>
    public void Subscribe(Action<IEnumerable<long>> changed, Action missed)
    {
        _changed += changed;
        signals.Subscribe(Topic, payload => Deliver(payload, changed, missed), _ =>
        {
            missed();
            return Task.CompletedTask;
        });
    }

    /// <summary>Tells all nodes, as part of the transaction that changes the seats.</summary>
    public static NpgsqlBatchCommand TellOthers(IEnumerable<long> eventIds)
    {
        var ids = string.Join(',', eventIds);
        return ClusterSignals.Command(Topic, ids.Length > LongestSignal ? "" : ids);
    }

    public void TellThisNode(IEnumerable<long> eventIds) => _changed(eventIds);

    private static void Deliver(string ids, Action<IEnumerable<long>> changed, Action missed)
    {
        if (ids.Length == 0)
            missed();
        else
            changed(ids.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)));
    }
}
