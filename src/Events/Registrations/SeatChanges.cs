using System.Globalization;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Events.Registrations;

/// <summary>
/// Says of which events the seats have changed, so that what was read of them is read again: on this node before the caller is
/// answered, on the others with the commit.
/// </summary>
internal sealed class SeatChanges
{
    private const string Topic = "events.seats";
    private readonly ClusterSignals _signals;
    private Action<IReadOnlyCollection<long>> _changed = _ => { };

    public SeatChanges(ClusterSignals signals) => _signals = signals;

    /// <param name="changed">Called with event ids, sometimes twice for one change; must be quick.</param>
    /// <param name="missed">Called when changes may have been missed: any event may have changed.</param>
    public void Subscribe(Action<IReadOnlyCollection<long>> changed, Func<CancellationToken, Task> missed)
    {
        _changed += changed;
        _signals.Subscribe(Topic, payload => changed(Parse(payload)), missed);
    }

    /// <summary>Tells the other nodes, as part of the transaction that changes the seats.</summary>
    public static NpgsqlBatchCommand TellOthers(IEnumerable<long> eventIds) => ClusterSignals.Command(Topic, string.Join(',', eventIds));

    public void TellThisNode(IReadOnlyCollection<long> eventIds) => _changed(eventIds);

    private static long[] Parse(string payload) => [.. payload.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
}
