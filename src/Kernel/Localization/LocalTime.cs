using System.Globalization;

namespace Maydon.Kernel.Localization;

/// <summary>
/// When something is, as people say it. Mails and papers speak Tashkent time and name it: Uzbekistan has one time and no summer time, and a
/// bare server need not know time zones.
/// </summary>
public static class LocalTime
{
    private static readonly TimeSpan s_tashkent = TimeSpan.FromHours(5);

    public static DateTimeOffset Of(DateTimeOffset moment) => moment.ToOffset(s_tashkent);

    /// <summary>The day of the week and of the year.</summary>
    public static string Day(CultureInfo language, DateTimeOffset moment)
    {
        var local = Of(moment);
        return Messages.Text(
            language, "mail_date",
            local.Day, Messages.Text(language, "mail_months").Split('|')[local.Month - 1], local.Year, Messages.Text(language, "mail_weekdays").Split('|')[(int)local.DayOfWeek]);
    }

    /// <summary>The day and the minute, with the name of the time.</summary>
    public static string Moment(CultureInfo language, DateTimeOffset moment) => $"{Day(language, moment)}, {Of(moment):HH:mm} ({Zone(language)})";

    public static string Zone(CultureInfo language) => Messages.Text(language, "mail_time_zone");
}
