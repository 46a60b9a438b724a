using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;

namespace Maydon.Events.Registrations;

/// <summary>Of which events the seats have changed.</summary>
internal sealed class SeatChanges(ClusterSignals signals, ChangeLog log) : LevelChanges(signals, log, "events.seats");
