using System.Globalization;
using Maydon.Kernel.Localization;

namespace Maydon.Events.Mails;

/// <summary>When an event is, in the time of its place. The calendar file carries UTC, so a guest's own calendar is right everywhere.</summary>
internal static class EventTimes
{
    public static string Tell(CultureInfo language, DateTimeOffset startsAt, DateTimeOffset endsAt) =>
        $"{TellWithoutZone(language, startsAt, endsAt)} ({LocalTime.Zone(language)})";

    /// <summary>For a second time beside the first.</summary>
    public static string TellWithoutZone(CultureInfo language, DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        var (start, end) = (LocalTime.Of(startsAt), LocalTime.Of(endsAt));
        return start == end ? $"{LocalTime.Day(language, start)}, {start:HH:mm}"
            : start.Date == end.Date ? $"{LocalTime.Day(language, start)}, {start:HH:mm}–{end:HH:mm}"
            : $"{LocalTime.Day(language, start)}, {start:HH:mm} – {LocalTime.Day(language, end)}, {end:HH:mm}";
    }
}
