using Maydon.Events.Mails;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events.Mails;

/// <summary>Which mail goes out when, and when none does.</summary>
public sealed class EventMailsTest(TestPostgres postgres)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Confirmation_thank_you_and_reminder_go_out_once_each_in_their_time()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_day);
        Assert.Empty(await scene.KindsAsync());

        await scene.RegisterAsync(talk);
        Assert.Equal("confirmation", await scene.KindsAsync());
        await scene.PassAsync(s_hour - s_minute);
        Assert.Equal("confirmation", await scene.KindsAsync());
        await scene.PassAsync(s_minute * 1.5);
        Assert.Equal("confirmation thank_you", await scene.KindsAsync());
        await scene.PassAsync(s_day - 2 * s_hour - s_minute);
        Assert.Equal("confirmation thank_you", await scene.KindsAsync());
        await scene.PassAsync(s_minute);
        Assert.Equal("confirmation thank_you reminder", await scene.KindsAsync());

        for (var minute = 0; minute < 90; minute += 10)
            await scene.PassAsync(s_minute * 10);
        Assert.Equal("confirmation thank_you reminder", await scene.KindsAsync());
    }

    [Fact]
    public async Task Jobs_and_workers_of_two_nodes_at_the_same_moment_send_each_mail_once()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        await using var other = new TestServer(postgres);
        await other.StartAsync(sibling: scene.Server);
        var talk = await scene.AddEventAsync(startsIn: s_hour * 2);
        var guests = new List<HttpClient> { scene.Client };
        for (var i = 0; i < 20; i++)
            guests.Add(await scene.Server.SignInAsync("Seeker"));
        foreach (var guest in guests)
            await Registrations.Scene.RegisterAsync(guest, talk);

        scene.Server.Clock.Advance(s_hour + s_minute);
        TestServer[] nodes = [scene.Server, other, scene.Server, other];
        await Task.WhenAll(nodes.Select(async node =>
        {
            await node.RunJobAsync<QueueDueMails>();
            await node.ReceiveMailsAsync();
            await node.RunJobAsync<QueueDueMails>();
            await node.ReceiveMailsAsync();
        }));

        Assert.Equal(["confirmation", "reminder", "thank_you"], (await scene.KindsAsync()).Split(' ').Order());
        var mails = await scene.Server.ReceiveMailsAsync();
        Assert.Equal(3 * guests.Count, mails.Count);
        Assert.Equal(3 * guests.Count, mails.Select(mail => (mail.To, mail.Kind)).Distinct().Count());
        Assert.Equal(0L, await scene.Server.ScalarAsync<long>("select count(*) from kernel.outbox where state <> 'sent' or attempts <> 1"));
    }

    [Fact]
    public async Task A_server_that_was_down_at_the_due_times_catches_up_once()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_hour * 5);
        await scene.RegisterAsync(talk);

        await scene.PassAsync(s_hour * 5 - s_minute * 10);
        Assert.Equal(["confirmation", "reminder", "thank_you"], (await scene.KindsAsync()).Split(' ').Order());
        await scene.PassAsync(s_minute);
        Assert.Equal(3, (await scene.MailsAsync()).Count);
    }

    [Fact]
    public async Task A_reminder_makes_no_sense_after_the_start_nor_a_thank_you_days_late()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var soon = await scene.AddEventAsync(startsIn: s_hour * 3);
        var later = await scene.AddEventAsync(startsIn: s_day * 10);
        await scene.RegisterAsync(soon);
        await scene.RegisterAsync(later);
        await scene.MailsAsync();

        await scene.PassAsync(s_hour * 3);
        Assert.Equal("confirmation confirmation thank_you thank_you", await scene.KindsAsync());

        var third = await scene.AddEventAsync(startsIn: s_day * 10);
        await scene.RegisterAsync(third);
        await scene.PassAsync(s_day * 3 + s_hour + s_minute);
        Assert.Equal("confirmation confirmation thank_you thank_you confirmation", await scene.KindsAsync());
    }

    [Fact]
    public async Task A_mail_that_waited_until_it_was_wrong_is_skipped()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_hour * 2);
        await scene.RegisterAsync(talk);
        scene.Server.Clock.Advance(s_hour * 1.5);
        await scene.Server.RunJobAsync<QueueDueMails>();
        Assert.Equal(3L, await scene.Server.ScalarAsync<long>("select count(*) from kernel.outbox where state = 'pending'"));

        scene.Server.Clock.Advance(s_hour);
        Assert.Equal("confirmation thank_you", await scene.KindsAsync());
        Assert.Equal("the event has begun", await scene.SkippedBecauseAsync("events.reminder"));
    }

    [Fact]
    public async Task Who_enrols_in_the_last_hour_gets_no_reminder_on_top()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_minute * 40);
        await scene.RegisterAsync(talk);
        await scene.PassAsync(s_minute);
        Assert.Equal("confirmation", await scene.KindsAsync());
    }

    [Fact]
    public async Task After_a_cancellation_nothing_but_its_notice_goes_out()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_hour * 3);
        await scene.RegisterAsync(talk);
        await scene.CancelAsync(talk);
        Assert.Equal("cancellation", await scene.KindsAsync());
        Assert.Equal("the registration was cancelled", await scene.SkippedBecauseAsync("events.confirmation"));

        await scene.PassAsync(s_hour + s_minute);
        await scene.PassAsync(s_hour);
        Assert.Equal("cancellation", await scene.KindsAsync());
    }

    [Fact]
    public async Task What_was_queued_before_a_cancellation_is_not_sent_after_it()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_hour * 2);
        await scene.RegisterAsync(talk);
        await scene.MailsAsync();
        scene.Server.Clock.Advance(s_hour + s_minute);
        await scene.Server.RunJobAsync<QueueDueMails>();
        Assert.Equal(2L, await scene.Server.ScalarAsync<long>("select count(*) from kernel.outbox where state = 'pending'"));

        await scene.CancelAsync(talk);

        Assert.Equal("confirmation cancellation", await scene.KindsAsync());
        Assert.Equal("the registration was cancelled", await scene.SkippedBecauseAsync("events.thank_you"));
        Assert.Equal("the registration was cancelled", await scene.SkippedBecauseAsync("events.reminder"));
    }

    [Fact]
    public async Task Who_comes_back_gets_a_new_confirmation_and_all_that_follows()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_day);
        var first = await scene.RegisterAsync(talk);
        await scene.MailsAsync();
        await scene.CancelAsync(talk);
        await scene.MailsAsync();
        var second = await scene.RegisterAsync(talk);
        await scene.PassAsync(s_hour + s_minute);
        Assert.Equal("confirmation cancellation confirmation thank_you", await scene.KindsAsync());

        var mails = await scene.MailsAsync();
        Assert.Contains(first, mails[0].Text);
        Assert.Contains(second, mails[2].Text);
        Assert.DoesNotContain(first, mails[2].Text);
        var sequence = mails.Take(3).Select(mail => int.Parse(CalendarFile.Parse(mail.Attachment("event.ics"))["SEQUENCE"])).ToList();
        Assert.Equal(sequence.Order(), sequence);
    }

    [Fact]
    public async Task Who_comes_back_before_the_mails_were_sent_is_told_only_of_the_new_ticket()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_day);
        await scene.RegisterAsync(talk);
        await scene.CancelAsync(talk);
        var ticket = await scene.RegisterAsync(talk);
        Assert.Contains(ticket, Assert.Single(await scene.MailsAsync()).Text);
    }

    [Fact]
    public async Task Closed_accounts_and_people_without_an_address_get_no_mail()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_day);
        await scene.RegisterAsync(talk);
        await scene.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", scene.Guest.Id);
        Assert.Empty(await scene.MailsAsync());
        Assert.Equal("the account is closed", await scene.SkippedBecauseAsync("events.confirmation"));

        await scene.Server.ExecuteAsync("update identity.users set is_active = true, email = null, phone = '+998901234567' where id = $1", scene.Guest.Id);
        await scene.PassAsync(s_hour + s_minute);
        Assert.Equal("the person has no mail address", await scene.SkippedBecauseAsync("events.thank_you"));
    }

    [Fact]
    public async Task An_event_that_is_moved_is_reminded_of_at_its_new_time_and_only_once()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        var talk = await scene.AddEventAsync(startsIn: s_day);
        await scene.RegisterAsync(talk);
        await scene.Server.ExecuteAsync("update events.events set starts_at = starts_at - interval '20 hours', ends_at = ends_at - interval '20 hours'");
        await scene.PassAsync(s_hour * 3 + s_minute);
        Assert.Contains("reminder", await scene.KindsAsync());

        await scene.Server.ExecuteAsync("update events.events set starts_at = starts_at + interval '5 hours', ends_at = ends_at + interval '5 hours'");
        for (var i = 0; i < 8; i++)
            await scene.PassAsync(s_hour);
        Assert.Single(await scene.MailsAsync(), mail => mail.Kind == "events.reminder");
    }

    [Fact]
    public async Task A_confirmation_that_got_lost_is_noticed()
    {
        await using var scene = await MailScene.StartAsync(postgres);
        await scene.RegisterAsync(await scene.AddEventAsync(startsIn: s_day));
        var check = new EveryEnrolmentIsConfirmed(scene.Server.Database);
        Assert.True((await check.RunAsync(default)).Holds);
        await scene.Server.ExecuteAsync("delete from kernel.outbox");
        var found = await check.RunAsync(default);
        Assert.Equal(1, found.Examined);
        Assert.Contains("has no confirmation", Assert.Single(found.Drifts));
    }
}
