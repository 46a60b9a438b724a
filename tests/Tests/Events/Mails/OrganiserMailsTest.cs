using System.Net.Http.Json;
using Maydon.Events.Mails;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events.Mails;

/// <summary>What people who are registered hear of what the organiser does, through the API.</summary>
public sealed class OrganiserMailsTest(TestPostgres postgres)
{
    private static readonly TimeSpan s_quiet = EventMailQueue.QuietTime;

    [Fact]
    public async Task A_new_place_is_told_once_to_those_who_are_registered_and_a_new_title_to_nobody()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var organiser = await scene.Server.SignInAsync("Facilitator");
        var talk = await organiser.AnnounceAsync(scene.Server.Terms());
        await scene.RegisterAsync(talk);
        var left = await scene.Server.CreatePersonAsync(email: null, "en", "Seeker");
        var leaver = scene.Server.SignIn(left);
        await leaver.RegisterAsync(talk);
        await leaver.CancelAsync(talk);
        await scene.MailsAsync();

        Assert.Equal(200, (int)(await organiser.PatchAsJsonAsync($"/api/events/{talk}/", new { location = "Samarkand, Registon 1" })).StatusCode);
        Assert.Equal("confirmation", await scene.KindsAsync());
        await scene.PassAsync(s_quiet);
        Assert.Equal("confirmation changed", await scene.KindsAsync());
        Assert.Equal(200, (int)(await organiser.PatchAsJsonAsync($"/api/events/{talk}/", new { title = "Another title" })).StatusCode);
        await scene.PassAsync(s_quiet);
        Assert.Equal("confirmation changed", await scene.KindsAsync());

        var notice = (await scene.MailsAsync())[1];
        Assert.Contains("Where: Samarkand, Registon 1 (was: Tashkent, Navoiy 1)", notice.Text);
        Assert.DoesNotContain(await scene.Server.ReceiveMailsAsync(left.Email), mail => mail.Kind == "events.changed");
    }

    [Fact]
    public async Task A_burst_of_changes_is_one_mail_a_minute_of_what_is_other_than_the_person_knew()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var organiser = await scene.Server.SignInAsync("Facilitator");
        var talk = await organiser.AnnounceAsync(scene.Server.Terms());
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();
        scene.Server.Clock.Stop();

        for (var i = 0; i < 5; i++)
        {
            await PatchAsync(organiser, talk, new { location = $"Place {i}" });
            await scene.PassAsync(TimeSpan.FromSeconds(12));
        }

        var notice = Assert.Single(await scene.MailsAsync(), mail => mail.Kind == "events.changed");
        Assert.Contains("Where: Place 4 (was: Tashkent, Navoiy 1)", notice.Text);
        Assert.Equal(1, await scene.Server.ScalarAsync<long>("select count(*) from kernel.outbox where kind = 'events.changed'"));
        await PatchAsync(organiser, talk, new { location = "Place 5" });
        await scene.PassAsync(s_quiet);
        Assert.Contains("Where: Place 5 (was: Place 4)", (await scene.MailsAsync())[^1].Text);
        Assert.Equal("confirmation changed changed", await scene.KindsAsync());
    }

    [Fact]
    public async Task What_is_taken_back_at_once_or_shows_in_no_mail_is_told_to_nobody()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var organiser = await scene.Server.SignInAsync("Facilitator");
        var terms = scene.Server.Terms();
        terms["starts_at"] = new DateTimeOffset(scene.Server.Clock.GetUtcNow().AddDays(2).UtcDateTime.Date, TimeSpan.Zero);
        terms["ends_at"] = terms["starts_at"]!.GetValue<DateTimeOffset>().AddHours(2);
        var talk = await organiser.AnnounceAsync(terms);
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();

        await PatchAsync(organiser, talk, new { location = "Samarkand" });
        await PatchAsync(organiser, talk, new { location = "Tashkent, Navoiy 1" });
        await scene.PassAsync(s_quiet);
        await PatchAsync(organiser, talk, new { starts_at = terms["starts_at"]!.GetValue<DateTimeOffset>().AddSeconds(20) });
        await scene.PassAsync(s_quiet);

        Assert.Equal("confirmation", await scene.KindsAsync());
        Assert.Equal(2, await scene.Server.ScalarAsync<long>("select count(*) from kernel.outbox where kind = 'events.changed' and state = 'skipped'"));
        // What was told is not taken back in silence.
        await PatchAsync(organiser, talk, new { location = "Samarkand" });
        await scene.PassAsync(s_quiet);
        await PatchAsync(organiser, talk, new { location = "Tashkent, Navoiy 1" });
        await scene.PassAsync(s_quiet);
        Assert.Equal("confirmation changed changed", await scene.KindsAsync());
        Assert.Contains("Where: Tashkent, Navoiy 1 (was: Samarkand)", (await scene.MailsAsync())[^1].Text);
    }

    [Fact]
    public async Task A_notice_that_is_being_sent_is_neither_replaced_nor_sent_with_the_newer_one()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var organiser = await scene.Server.SignInAsync("Facilitator");
        var talk = await organiser.AnnounceAsync(scene.Server.Terms());
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();
        await PatchAsync(organiser, talk, new { location = "Samarkand" });
        // A worker has taken it, and is cut off before it has read the event.
        await scene.Server.ExecuteAsync("update kernel.outbox set attempts = 1, locked_until = due_at + interval '10 minutes' where kind = 'events.changed'");
        await PatchAsync(organiser, talk, new { location = "Bukhara" });

        await scene.PassAsync(s_quiet);
        Assert.Contains("Where: Bukhara (was: Samarkand)", Assert.Single(await scene.MailsAsync(), mail => mail.Kind == "events.changed").Text);
        await scene.PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("confirmation changed", await scene.KindsAsync());
        Assert.Equal("a later change is announced by itself", await scene.SkippedBecauseAsync("events.changed"));
    }

    [Fact]
    public async Task A_deleted_event_is_told_once_and_nothing_follows()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var organiser = await scene.Server.SignInAsync("Facilitator");
        var talk = await organiser.AnnounceAsync(scene.Server.Terms(startsInHours: 3));
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();

        Assert.True((await organiser.DeleteAsync(new Uri($"/api/events/{talk}/", UriKind.Relative))).IsSuccessStatusCode);
        Assert.Equal("confirmation event_cancelled", await scene.KindsAsync());
        var calendar = CalendarFile.Parse((await scene.MailsAsync())[1].Attachment("event.ics"));
        Assert.Equal("CANCEL", calendar.Method);

        for (var i = 0; i < 4; i++)
            await scene.PassAsync(TimeSpan.FromMinutes(50));
        Assert.Equal("confirmation event_cancelled", await scene.KindsAsync());
    }

    private static async Task PatchAsync(HttpClient organiser, long id, object change) =>
        Assert.Equal(200, (int)(await organiser.PatchAsJsonAsync($"/api/events/{id}/", change)).StatusCode);
}
