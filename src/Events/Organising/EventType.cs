namespace Maydon.Events.Organising;

internal static class EventType
{
    public const string Online = "ONLINE";
    public const string Offline = "OFFLINE";
}
