using System.Net.Http.Json;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events.Mails;

/// <summary>What people who are registered hear of what the organiser does, through the API.</summary>
public sealed class OrganiserMailsTest(TestPostgres postgres)
{
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
        Assert.Equal("confirmation changed", await scene.KindsAsync());
        Assert.Equal(200, (int)(await organiser.PatchAsJsonAsync($"/api/events/{talk}/", new { title = "Another title" })).StatusCode);
        Assert.Equal("confirmation changed", await scene.KindsAsync());

        var notice = (await scene.MailsAsync())[1];
        Assert.Contains("Where: Samarkand, Registon 1 (was: Tashkent, Navoiy 1)", notice.Text);
        Assert.DoesNotContain(await scene.Server.ReceiveMailsAsync(left.Email), mail => mail.Kind == "events.changed");
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
}
