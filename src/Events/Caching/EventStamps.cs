using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Events.Caching;

/// <summary>How far the writes had come when something was read.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReadMark(long Events, long Seats)
{
    public bool IsAtLeast(ReadMark other) => Events >= other.Events && Seats >= other.Seats;
}

/// <summary>
/// Counts the writes that cached reads depend on: those of this node before their answer goes out, those of other nodes as their
/// signals arrive. Marked before the first query, a read can be told fresh from stale ever after.
/// </summary>
internal sealed class EventStamps
{
    private const string WrittenTopic = "events.written";
    private const string SeatsTopic = "events.seats";
    private const int MostIdsInSignal = 300;

    // Events that share a bucket only share their staleness.
    private const int Buckets = 4096;

    private readonly Lock _changing = new();
    private readonly long[] _seats = new long[Buckets];
    private readonly string _node = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private long _events;
    private long _lastSeats;
    private long _fullness;

    public EventStamps(ClusterSignals signals)
    {
        signals.Subscribe(WrittenTopic, OnWritten, _ => ForgetEverything());
        signals.Subscribe(SeatsTopic, OnSeats, _ => ForgetEverything());
    }

    public ReadMark Mark() => new(Volatile.Read(ref _events), Volatile.Read(ref _lastSeats));

    public bool EventsChangedSince(ReadMark mark) => Volatile.Read(ref _events) != mark.Events;

    public bool SeatsChangedSince(ReadMark mark, long[] eventIds)
    {
        foreach (var id in eventIds)
        {
            if (Volatile.Read(ref _seats[id % Buckets]) > mark.Seats)
                return true;
        }

        return false;
    }

    public bool AnySeatsChangedSince(ReadMark mark) => Volatile.Read(ref _lastSeats) != mark.Seats;

    /// <summary>Whether an event may have filled up or opened again.</summary>
    public bool FullnessChangedSince(ReadMark mark) => Volatile.Read(ref _fullness) > mark.Seats;

    /// <summary>After the commit of whatever is written of an event, its capacity included.</summary>
    public void EventsWritten() => Interlocked.Increment(ref _events);

    /// <summary>
    /// After the commit of registrations and cancellations, before they are answered. <paramref name="fullness"/> may be false when none
    /// of the events has filled up or opened again.
    /// </summary>
    public void SeatsChanged(IEnumerable<long> eventIds, bool fullness = true)
    {
        lock (_changing)
        {
            var stamp = Interlocked.Increment(ref _lastSeats);
            foreach (var id in eventIds)
                Volatile.Write(ref _seats[id % Buckets], stamp);
            if (fullness)
                Volatile.Write(ref _fullness, stamp);
        }
    }

    /// <summary>Tells the other nodes of <see cref="EventsWritten"/>, with the caller's transaction.</summary>
    public Task SignalWrittenAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ClusterSignals.SendAsync(connection, WrittenTopic, _node, cancellationToken);

    /// <summary>Tells the other nodes of <see cref="SeatsChanged"/>, as part of the batch that changes them.</summary>
    public NpgsqlBatchCommand SeatsSignal(IReadOnlyCollection<long> eventIds, bool fullness = true) =>
        ClusterSignals.Command(SeatsTopic, $"{_node} {(fullness ? 1 : 0)} {(eventIds.Count > MostIdsInSignal ? "" : string.Join(',', eventIds))}");

    private void OnWritten(string node)
    {
        if (node != _node)
            EventsWritten();
    }

    private void OnSeats(string payload)
    {
        var parts = payload.Split(' ');
        if (parts[0] == _node)
            return;
        if (parts[2].Length == 0)
            ForgetSeats();
        else
            SeatsChanged(parts[2].Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)), parts[1] == "1");
    }

    private Task ForgetEverything()
    {
        EventsWritten();
        ForgetSeats();
        return Task.CompletedTask;
    }

    private void ForgetSeats() => SeatsChanged(Enumerable.Range(0, Buckets).Select(bucket => (long)bucket));
}
