using Maydon.Events.Registrations;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;

namespace Maydon.Events.Caching;

/// <summary>What is written of events, and their seats.</summary>
internal sealed class EventStamps(ClusterSignals signals, ChangeLog log, SeatChanges seats) : ReadStamps(signals, log, "events.written", seats);
