using System.Runtime.InteropServices;
using Maydon.Events.Registrations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Signals;

namespace Maydon.Events.Caching;

/// <summary>How far the writes had come when something was read.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReadMark(long Events, long Seats)
{
    public bool IsAtLeast(ReadMark other) => Events >= other.Events && Seats >= other.Seats;
}

/// <summary>
/// Counts the writes that cached reads depend on: those of this node before their answer goes out, those of all nodes as their signals
/// arrive. Marked before the first query, a read can be told fresh from stale ever after.
/// </summary>
internal sealed class EventStamps
{
    private const string Topic = "events.written";

    // Events that share a bucket only share their staleness.
    private const int Buckets = 4096;

    private readonly Lock _changing = new();
    private readonly long[] _seats = new long[Buckets];
    private long _events;
    private long _lastSeats;

    public EventStamps(ClusterSignals signals, SeatChanges seats)
    {
        signals.Subscribe(Topic, _ => EventsWritten(), _ =>
        {
            Forget();
            return Task.CompletedTask;
        });
        seats.Subscribe(SeatsChanged, Forget);
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

    /// <summary>Part of every transaction that writes anything of an event, its capacity included.</summary>
    public async Task EventsWrittenAsync(DbSession session, CancellationToken cancellationToken)
    {
        await ClusterSignals.SendAsync(session.Connection, Topic, "", cancellationToken);
        session.AfterCommit(EventsWritten);
    }

    private void EventsWritten() => Interlocked.Increment(ref _events);

    private void SeatsChanged(IEnumerable<long> eventIds)
    {
        lock (_changing)
        {
            var stamp = Interlocked.Increment(ref _lastSeats);
            foreach (var id in eventIds)
                Volatile.Write(ref _seats[id % Buckets], stamp);
        }
    }

    /// <summary>Anything may have been written.</summary>
    public void Forget()
    {
        EventsWritten();
        SeatsChanged(Enumerable.Range(0, Buckets).Select(bucket => (long)bucket));
    }
}
