using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Maydon.Events.Registrations;
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
    private const string Topic = "events.written";

    // Events that share a bucket only share their staleness.
    private const int Buckets = 4096;

    private readonly Lock _changing = new();
    private readonly long[] _seats = new long[Buckets];
    private readonly string _node = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private long _events;
    private long _lastSeats;

    public EventStamps(ClusterSignals signals, SeatChanges seats)
    {
        signals.Subscribe(Topic, OnSignal, _ =>
        {
            Forget();
            return Task.CompletedTask;
        });
        seats.Subscribe(SeatsChanged, Forget);
    }

    public ReadMark Mark() => new(Volatile.Read(ref _events), Volatile.Read(ref _lastSeats));

    public bool EventsChangedSince(ReadMark mark) => Volatile.Read(ref _events) != mark.Events;

    public bool AnySeatsChangedSince(ReadMark mark) => Volatile.Read(ref _lastSeats) != mark.Seats;

    public bool SeatsChangedSince(ReadMark mark, long[] eventIds)
    {
        foreach (var id in eventIds)
        {
            if (Volatile.Read(ref _seats[id % Buckets]) > mark.Seats)
                return true;
        }

        return false;
    }

    /// <summary>After the commit of whatever is written of an event, its capacity included.</summary>
    public void EventsWritten() => Interlocked.Increment(ref _events);

    /// <summary>Tells the other nodes of <see cref="EventsWritten"/>, with the caller's transaction.</summary>
    public Task SignalWrittenAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ClusterSignals.SendAsync(connection, Topic, _node, cancellationToken);

    private void SeatsChanged(IEnumerable<long> eventIds)
    {
        lock (_changing)
        {
            var stamp = Interlocked.Increment(ref _lastSeats);
            foreach (var id in eventIds)
                Volatile.Write(ref _seats[id % Buckets], stamp);
        }
    }

    // Other nodes may have written anything.
    private void Forget()
    {
        EventsWritten();
        SeatsChanged(Enumerable.Range(0, Buckets).Select(bucket => (long)bucket));
    }

    private void OnSignal(string node)
    {
        if (node != _node)
            EventsWritten();
    }
}
