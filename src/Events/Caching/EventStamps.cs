using Maydon.Events.Registrations;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Signals;

namespace Maydon.Events.Caching;

/// <summary>What is written of events, and their seats.</summary>
internal sealed class EventStamps(ClusterSignals signals, SeatChanges seats) : ReadStamps(signals, "events.written", seats);
