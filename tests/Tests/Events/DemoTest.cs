using Maydon.Kernel.Operations;
using Maydon.Running;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary>What <c>demo</c> makes of events.</summary>
public sealed class DemoTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Forty_believable_events_are_made_once()
    {
        var lines = await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None);

        Assert.Contains(lines, line => line.StartsWith("Demo events: 40, with ", StringComparison.Ordinal));
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
