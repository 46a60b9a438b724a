using System.Net.Http.Json;
using Maydon.Events.Mails;
using Maydon.Kernel.Operations;
using Maydon.Running;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary>What <c>demo</c> makes of events.</summary>
public sealed class DemoTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Forty_believable_events_are_made_once()
    {
        var lines = await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None);

        Assert.Contains(lines, line => line.StartsWith("Demo events        40, with ", StringComparison.Ordinal));
        Assert.Equal(40, await CountAsync("true"));
        foreach (var language in new[] { "uz", "ru", "en" })
            Assert.InRange(await CountAsync($"e.language = '{language}'"), 10, 20);
        Assert.InRange(await CountAsync("e.ends_at < now()"), 8, 15);
        Assert.Equal(2, await CountAsync("e.starts_at <= now() and e.ends_at >= now()"));
        Assert.InRange(await CountAsync("e.starts_at > now()"), 20, 30);
        Assert.InRange(await CountAsync("e.starts_at > now() and s.taken = s.capacity and s.capacity > 0"), 4, 10);
        Assert.InRange(await CountAsync("s.capacity is null"), 4, 10);
        Assert.Equal(1, await CountAsync("s.capacity = 0"));
        Assert.InRange(await CountAsync("e.event_type = 'ONLINE' and e.join_url is not null"), 8, 16);
        Assert.Equal(0, await CountAsync("e.created_at > now() - interval '10 days'"));
        Assert.InRange(await server.ScalarAsync<long>("select count(distinct created_by) from events.events"), 3, 10);
        Assert.Equal(0, await CountAsync("s.taken <> (select count(*) from events.registrations r where r.event_id = e.id and r.status = 'registered')"));
        Assert.Equal(
            DemoProgrammePeople(), await server.ScalarAsync<long>("select count(*) from events.registrations"));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from kernel.outbox where state = 'pending'"));
        Assert.InRange(await server.ScalarAsync<long>("select count(*) from events.registrations r join identity.users u on u.id = r.user_id where u.email = 'seeker@demo.example'"), 8, 14);
        await AssertNothingHasDriftedAsync();

        Assert.Empty(await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None));

        Assert.Equal(40, await CountAsync("true"));
        using var reader = server.CreateClient();
        Assert.Equal(40, (int)(await reader.GetJsonAsync("/api/events/"))["count"]!);
    }

    [Fact]
    public async Task Nobody_of_the_demo_is_ever_sent_a_mail()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        await DemoLoader.LoadAsync(own.App.Services, CancellationToken.None);
        // As a server finds them that runs beside the command, before the command has passed them over.
        await own.ExecuteAsync("""
            update kernel.outbox set state = 'pending', done_at = null, last_error = null, payload = jsonb_build_object(
                'registration_id', split_part(subject, ':', 2)::bigint, 'claim_id', split_part(subject, ':', 3)::bigint)
            """);
        var staff = await own.CreateUserAsync("staff");
        using (var administrator = own.SignIn(staff))
        {
            var next = await own.ScalarAsync<long>("select e.id from events.events e join events.registrations r on r.event_id = e.id where e.starts_at > now() + interval '5 days' order by e.id limit 1");
            var other = await own.ScalarAsync<long>("select e.id from events.events e join events.registrations r on r.event_id = e.id where e.starts_at > now() + interval '5 days' order by e.id desc limit 1");
            Assert.Equal(200, (int)(await administrator.PatchAsJsonAsync($"/api/events/{next}/", new { starts_at = own.Clock.GetUtcNow().AddDays(1), ends_at = own.Clock.GetUtcNow().AddDays(2) })).StatusCode);
            Assert.Equal(204, (int)(await administrator.DeleteAsync($"/api/events/{other}/")).StatusCode);
        }

        var seeker = new TestAccount(await own.ScalarAsync<long>("select id from identity.users where email = 'seeker@demo.example'"), "seeker@demo.example", "", ["Seeker"], "ru");
        var open = await own.ScalarAsync<long>("""
            select e.id from events.events e join inventory.pools s on s.kind = 'event' and s.subject_id = e.id
            where e.starts_at > now() + interval '3 days' and e.deleted_at is null and (s.capacity is null or s.taken < s.capacity)
            and not exists (select from events.registrations r where r.event_id = e.id and r.user_id = $1) limit 1
            """, seeker.Id);
        using (var guest = own.SignIn(seeker))
            Assert.Equal(201, (int)(await guest.PostAsync($"/api/events/{open}/register/", content: null)).StatusCode);
        own.Clock.Advance(TimeSpan.FromHours(2));
        await own.RunJobAsync<QueueDueMails>();
        using (var guest = own.SignIn(seeker))
            Assert.Equal(200, (int)(await guest.PostAsync($"/api/events/{open}/cancel/", content: null)).StatusCode);
        own.Clock.Advance(TimeSpan.FromHours(21.5));
        await own.RunJobAsync<QueueDueMails>();

        Assert.Empty(await own.ReceiveMailsAsync());
        Assert.Equal(
            "cancellation changed confirmation event_cancelled reminder thank_you",
            await own.ScalarAsync<string>("select string_agg(distinct substr(kind, 8), ' ' order by substr(kind, 8)) from kernel.outbox where kind like 'events.%'"));
        Assert.Equal(0, await own.ScalarAsync<long>("select count(*) from kernel.outbox where state <> 'skipped' or last_error <> 'a demo account'"));
    }

    private static long DemoProgrammePeople() => Maydon.Events.Demo.DemoProgramme.Events.Sum(told => told.People);

    private async Task AssertNothingHasDriftedAsync()
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        foreach (var check in scope.ServiceProvider.GetServices<IInvariantCheck>())
            Assert.Equal([], (await check.RunAsync(CancellationToken.None)).Drifts);
    }

    private Task<long> CountAsync(string condition) =>
        server.ScalarAsync<long>($"select count(*) from events.events e join inventory.pools s on s.kind = 'event' and s.subject_id = e.id where {condition}");
}
