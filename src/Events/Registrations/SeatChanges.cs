using System.Globalization;
using System.Security.Cryptography;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Events.Registrations;

/// <summary>
/// Says of which events the seats have changed, so that what was read of them is read again: on this node before the caller is
/// answered, on the others with the commit.
/// </summary>
internal sealed class SeatChanges(ClusterSignals signals)
{
    private const string Topic = "events.seats";

    // A batch may touch more events than a signal can name.
    private const int LongestSignal = 6_000;

    private readonly string _node = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private Action<IEnumerable<long>> _changed = _ => { };

    /// <param name="changed">Called with event ids; must be quick.</param>
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

    /// <summary>Tells the other nodes, as part of the transaction that changes the seats.</summary>
    public NpgsqlBatchCommand TellOthers(IEnumerable<long> eventIds)
    {
        var ids = string.Join(',', eventIds);
        return ClusterSignals.Command(Topic, $"{_node} {(ids.Length > LongestSignal ? "" : ids)}");
    }

    public void TellThisNode(IEnumerable<long> eventIds) => _changed(eventIds);

    private void Deliver(string payload, Action<IEnumerable<long>> changed, Action missed)
    {
        var ids = payload[(_node.Length + 1)..];
        if (payload.StartsWith(_node, StringComparison.Ordinal))
            return;
        if (ids.Length == 0)
            missed();
        else
            changed(ids.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)));
    }
}
