using System.Globalization;
using Maydon.Kernel.Localization;

namespace Maydon.Events.Mails;

/// <summary>
/// When an event is, as people say it. Mails speak Tashkent time and name it: Uzbekistan has one time and no summer time, and a bare
/// server need not know time zones. The calendar file carries UTC, so a guest's own calendar is right everywhere.
/// </summary>
internal static class EventTimes
{
    private static readonly TimeSpan s_tashkent = TimeSpan.FromHours(5);

    public static string Tell(CultureInfo language, DateTimeOffset startsAt, DateTimeOffset endsAt) =>
        $"{TellWithoutZone(language, startsAt, endsAt)} ({Messages.Text(language, "mail_time_zone")})";

    /// <summary>For a second time beside the first.</summary>
    public static string TellWithoutZone(CultureInfo language, DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        var (start, end) = (startsAt.ToOffset(s_tashkent), endsAt.ToOffset(s_tashkent));
        return start == end ? $"{Day(language, start)}, {start:HH:mm}"
            : start.Date == end.Date ? $"{Day(language, start)}, {start:HH:mm}–{end:HH:mm}"
            : $"{Day(language, start)}, {start:HH:mm} – {Day(language, end)}, {end:HH:mm}";
    }

    private static string Day(CultureInfo language, DateTimeOffset moment) => Messages.Text(
        language, "mail_date",
        moment.Day, Messages.Text(language, "mail_months").Split('|')[moment.Month - 1], moment.Year, Messages.Text(language, "mail_weekdays").Split('|')[(int)moment.DayOfWeek]);
}
