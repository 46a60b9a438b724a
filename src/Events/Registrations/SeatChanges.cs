using Maydon.Kernel.Caching;
using Maydon.Kernel.Signals;

namespace Maydon.Events.Registrations;

/// <summary>Of which events the seats have changed.</summary>
internal sealed class SeatChanges(ClusterSignals signals) : LevelChanges(signals, "events.seats");
