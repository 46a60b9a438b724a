namespace Maydon.Faults;

internal enum SeatState { None, Registered, Cancelled }

/// <summary>
/// What one client knows of one person at one event. Nobody else acts for that person, so after every answer, and after every
/// doubt that has been cleared up, this is exactly what the database must hold.
/// </summary>
internal sealed class Seat(long userId, long eventId)
{
    public long UserId => userId;
    public long EventId => eventId;
    public SeatState State { get; private set; }

    /// <summary>How often a registration and a cancellation took effect: as often must the ledger show a taking and a release.</summary>
    public int Takes { get; private set; }
    public int Releases { get; private set; }

    public void Register() => (State, Takes) = (SeatState.Registered, Takes + 1);

    public void Cancel() => (State, Releases) = (SeatState.Cancelled, Releases + 1);

    public override string ToString() => $"user {userId} at event {eventId}";
}
