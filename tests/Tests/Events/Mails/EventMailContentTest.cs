using System.Text.RegularExpressions;
using Maydon.Events.Mails;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events.Mails;

/// <summary>What stands in the mails.</summary>
public sealed partial class EventMailContentTest(TestPostgres postgres)
{
    [Theory]
    [InlineData("uz", "Tadbirga yozildingiz: Test event", "Assalomu alaykum, Test person", "-yil ")]
    [InlineData("uz-Cyrl", "Тадбирга ёзилдингиз: Test event", "Ассалому алайкум, Test person", " йил ")]
    [InlineData("ru", "Вы зарегистрированы: Test event", "Здравствуйте, Test person", " г., ")]
    [InlineData("en", "You are registered: Test event", "Hello Test person", "day, ")]
    [InlineData("kaa", "Tadbirga yozildingiz: Test event", "Assalomu alaykum, Test person", "-yil ")]
    public async Task Everybody_is_written_to_in_their_language(string language, string subject, string greeting, string date)
    {
        await using var scene = await MailScene.StartAsync(postgres, language);
        await scene.RegisterAsync(await scene.AddEventAsync(TimeSpan.FromDays(1)));

        var mail = Assert.Single(await scene.MailsAsync());
        Assert.Equal(subject, mail.Subject);
        Assert.Contains(greeting, mail.Text);
        Assert.Contains(greeting, mail.Html);
        Assert.Contains(date, mail.Text);
        Assert.Contains($"<html lang=\"{language}\">", mail.Html, StringComparison.OrdinalIgnoreCase);
        // A key that a language lacks would stand there as it is.
        Assert.DoesNotContain("mail_", mail.Text + mail.Html + mail.Subject);
    }

    [Fact]
    public async Task The_confirmation_carries_a_calendar_file_that_any_calendar_takes()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(1));
        const string title = """Uchrashuv; "qirq", sahna\bino — дастурчилар учрашуви, жуда узун номли ва яна узунроқ 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉""";
        await scene.Server.ExecuteAsync("update events.events set title = $1, location = E'Navoiy ko‘chasi, 1;\n2-qavat' where id = $2", title, talk);
        await scene.Server.ExecuteAsync("update identity.users set full_name = 'O‘tkir \"Usta\"; Qodirov, 2' where id = (select created_by from events.events where id = $1)", talk);
        var ticket = await scene.RegisterAsync(talk);

        var mail = Assert.Single(await scene.MailsAsync());
        Assert.Contains("method=PUBLISH", mail.Parts.Single(part => part.MediaType == "text/calendar").Headers["Content-Type"]);
        var calendar = CalendarFile.Parse(mail.Attachment("event.ics"));
        Assert.Equal("PUBLISH", calendar.Method);
        Assert.Equal($"event-{talk}@localhost", calendar["UID"]);
        Assert.Equal(title, calendar["SUMMARY"]);
        Assert.Equal("Navoiy ko‘chasi, 1;\n2-qavat", calendar["LOCATION"]);
        Assert.Equal($"Ticket: {ticket}", calendar["DESCRIPTION"]);
        Assert.Equal(";CN=\"O‘tkir Usta; Qodirov, 2\"", calendar.Parameters("ORGANIZER"));
        var start = await scene.Server.ScalarAsync<DateTime>("select date_trunc('second', starts_at) from events.events where id = $1", talk);
        Assert.Equal(start, calendar.Time("DTSTART").UtcDateTime);
        Assert.Equal(start.AddHours(2), calendar.Time("DTEND").UtcDateTime);
    }

    [Fact]
    public async Task The_QR_code_reads_as_the_ticket_both_inline_and_attached()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var ticket = await scene.RegisterAsync(await scene.AddEventAsync(TimeSpan.FromDays(1)));

        var mail = Assert.Single(await scene.MailsAsync());
        Assert.Contains(ticket, mail.Text);
        var inline = Assert.Single(mail.Parts, part => part.Headers.GetValueOrDefault("Content-ID") == "<ticket>");
        Assert.Contains("src=\"cid:ticket\"", mail.Html);
        Assert.Equal(ticket, await QrReader.ReadAsync(inline.Content));
        Assert.Equal(ticket, await QrReader.ReadAsync(mail.Attachment("ticket.png")));
    }

    [Fact]
    public async Task Only_registered_people_get_the_link_of_an_online_event_and_only_a_web_address_can_be_pressed()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(1), joinUrl: "https://meet.example.org/x?a=1&b=2");
        var odd = await scene.AddEventAsync(TimeSpan.FromDays(1), joinUrl: "javascript:alert(1)");
        await scene.RegisterAsync(talk);
        await scene.RegisterAsync(odd);
        await scene.MailsAsync();
        await scene.CancelAsync(talk);

        var mails = await scene.MailsAsync();
        var confirmation = Assert.Single(mails, mail => mail.Html.Contains("href=\"https://meet.example.org/x?a=1&amp;b=2\"", StringComparison.Ordinal));
        Assert.Equal("events.confirmation", confirmation.Kind);
        Assert.Contains("Where: Online\n", confirmation.Text.ReplaceLineEndings("\n"));
        Assert.Single(Regex.Matches(confirmation.Text, Regex.Escape("https://meet.example.org/x?a=1&b=2")));
        Assert.Equal("https://meet.example.org/x?a=1&b=2", CalendarFile.Parse(confirmation.Attachment("event.ics"))["URL"]);
        Assert.All(mails, mail => Assert.DoesNotContain("href=\"javascript", mail.Html));
    }

    [Fact]
    public async Task A_title_or_place_that_looks_like_an_address_cannot_be_pressed()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(1));
        await scene.Server.ExecuteAsync("update events.events set title = 'https://evil.example/1', location = 'http://evil.example/2' where id = $1", talk);
        await scene.RegisterAsync(talk);

        var mail = Assert.Single(await scene.MailsAsync());
        Assert.Contains("https://evil.example/1", mail.Html);
        Assert.Contains("http://evil.example/2", mail.Html);
        Assert.DoesNotContain("href=\"https://evil", mail.Html);
        Assert.DoesNotContain("href=\"http://evil", mail.Html);
    }

    [Fact]
    public async Task Nothing_that_people_typed_becomes_markup_or_a_header()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(1));
        await scene.Server.ExecuteAsync("update events.events set title = E'<script>alert(1)</script>\r\nBcc: x@example.org', location = '\"><img src=x onerror=alert(2)>' where id = $1", talk);
        await scene.Server.ExecuteAsync("update identity.users set full_name = '</p><b>Bobby & Co' where id = $1", scene.Guest.Id);
        await scene.RegisterAsync(talk);

        var mail = Assert.Single(await scene.MailsAsync());
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", mail.Html);
        Assert.Contains("&lt;/p&gt;&lt;b&gt;Bobby &amp; Co", mail.Html);
        Assert.DoesNotContain("<script", mail.Html);
        Assert.DoesNotContain("<b>", mail.Html);
        Assert.Equal("cid:ticket", Assert.Single(ImageSource().Matches(mail.Html)).Groups[1].Value);
        Assert.False(mail.Headers.ContainsKey("Bcc"));
        Assert.Contains("</p><b>Bobby & Co", mail.Text);
    }

    [Fact]
    public async Task A_change_notice_shows_what_was_beside_what_is()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(3));
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();
        await ChangeAsync(scene, talk, 1, "update events.events set location = 'Samarkand' where id = $1");
        await ChangeAsync(scene, talk, 2, "update events.events set starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day' where id = $1");

        var mails = await scene.MailsAsync();
        Assert.Equal(["events.confirmation", "events.changed", "events.changed"], mails.Select(mail => mail.Kind));
        Assert.Contains("Where: Samarkand (was: Tashkent)", mails[1].Text);
        Assert.Contains("<s ", mails[1].Html);
        // The time zone is said once.
        Assert.Matches("When: [^()]+ \\(Tashkent time, UTC\\+5\\) \\(was: [^()]+\\)\n", mails[2].Text.ReplaceLineEndings("\n"));
        Assert.DoesNotContain("Where: Samarkand (was", mails[2].Text);
        var (before, after) = (CalendarFile.Parse(mails[0].Attachment("event.ics")), CalendarFile.Parse(mails[2].Attachment("event.ics")));
        Assert.Equal(before["UID"], after["UID"]);
        Assert.Equal(before.Time("DTSTART").AddDays(1), after.Time("DTSTART"));
        Assert.True(int.Parse(after["SEQUENCE"]) >= int.Parse(before["SEQUENCE"]));
    }

    [Fact]
    public async Task A_link_that_changed_stands_once_beside_what_it_was()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(TimeSpan.FromDays(3), joinUrl: "https://meet.example.org/old");
        await scene.RegisterAsync(talk);
        await ChangeAsync(scene, talk, 1, "update events.events set join_url = 'https://meet.example.org/new' where id = $1");
        await ChangeAsync(scene, talk, 2, "update events.events set ends_at = ends_at + interval '1 hour' where id = $1");

        var mails = (await scene.MailsAsync()).Where(mail => mail.Kind == "events.changed").ToList();
        Assert.Contains("Where: https://meet.example.org/new (was: https://meet.example.org/old)", mails[0].Text);
        Assert.Contains("href=\"https://meet.example.org/new\"", mails[0].Html);
        Assert.DoesNotContain("Join the event", mails[0].Text);
        Assert.Contains("Where: Online\n", mails[1].Text.ReplaceLineEndings("\n"));
        Assert.Contains("Join the event: https://meet.example.org/new", mails[1].Text);
    }

    [Fact]
    public async Task Cancellations_take_the_event_out_of_the_calendar()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var left = await scene.AddEventAsync(TimeSpan.FromDays(1));
        await scene.RegisterAsync(left);
        await scene.MailsAsync();
        await scene.CancelAsync(left);

        var mail = (await scene.MailsAsync())[^1];
        Assert.Equal("events.cancellation", mail.Kind);
        var calendar = CalendarFile.Parse(mail.Attachment("event.ics"));
        Assert.Equal("CANCEL", calendar.Method);
        Assert.Equal($"event-{left}@localhost", calendar["UID"]);
        Assert.DoesNotContain(mail.Parts, part => part.MediaType == "image/png");
    }

    [Fact]
    public async Task An_event_that_goes_over_midnight_or_lasts_no_time_is_told_right()
    {
        var (uz, start) = (System.Globalization.CultureInfo.GetCultureInfo("uz"), DateTimeOffset.Parse("2026-11-20T10:00:00Z"));
        Assert.Equal("2026-yil 20-noyabr, juma, 15:00–17:30 (Toshkent vaqti, UTC+5)", EventTimes.Tell(uz, start, start.AddHours(2.5)));
        Assert.Equal("2026-yil 20-noyabr, juma, 15:00 – 2026-yil 21-noyabr, shanba, 00:00 (Toshkent vaqti, UTC+5)", EventTimes.Tell(uz, start, start.AddHours(9)));
        Assert.Equal("2026-yil 20-noyabr, juma, 15:00 (Toshkent vaqti, UTC+5)", EventTimes.Tell(uz, start, start));
        Assert.Equal("Friday, 20 November 2026, 15:00–16:00 (Tashkent time, UTC+5)", EventTimes.Tell(System.Globalization.CultureInfo.GetCultureInfo("en"), start, start.AddHours(1)));

        await using var scene = await MailScene.StartAsync(postgres);
        var instant = await scene.AddEventAsync(TimeSpan.FromDays(1));
        await scene.Server.ExecuteAsync("update events.events set ends_at = starts_at where id = $1", instant);
        await scene.RegisterAsync(instant);
        Assert.False(CalendarFile.Parse(Assert.Single(await scene.MailsAsync()).Attachment("event.ics")).Has("DTEND"));
    }

    private static async Task ChangeAsync(MailScene scene, long eventId, int notice, string sql)
    {
        var server = scene.Server;
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        var before = new EventPlan(
            new DateTimeOffset(await server.ScalarAsync<DateTime>("select starts_at from events.events where id = $1", eventId)),
            new DateTimeOffset(await server.ScalarAsync<DateTime>("select ends_at from events.events where id = $1", eventId)),
            await server.ScalarAsync<string>("select location from events.events where id = $1", eventId),
            await server.ScalarAsync<string>("select join_url from events.events where id = $1", eventId));
        await server.ExecuteAsync(sql, eventId);
        await using var connection = await server.Database.OpenConnectionAsync();
        await EventMailQueue.AddChangedAsync(connection, eventId, before, notice, server.Clock.Now(), default);
        server.Clock.Advance(EventMailQueue.QuietTime);
        await scene.MailsAsync();
    }

    [GeneratedRegex("<img src=\"([^\"]*)\"")]
    private static partial Regex ImageSource();
}
