using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary><c>DELETE /api/events/{id}/</c>.</summary>
public sealed class DeletingTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_deleted_event_is_nowhere_to_be_seen()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var seeker = await server.SignInAsync("Seeker");
        var id = await organiser.AnnounceAsync(server.Terms("Called off"));
        Assert.Single(await seeker.TitlesAsync("/api/events/?q=called"));

        using var answer = await organiser.DeleteAsync($"/api/events/{id}/");

        Assert.Equal((204, ""), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Empty(await seeker.TitlesAsync("/api/events/?q=called"));
        Assert.Empty(await seeker.TitlesAsync("/api/events/search/?q=called"));
        await seeker.GetAsync($"/api/events/{id}/").RefusedAsync(404, "event_not_found");
        await seeker.PostAsync($"/api/events/{id}/register/", content: null).RefusedAsync(404, "event_not_found");
        await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "Back" }).RefusedAsync(404, "event_not_found");
        await organiser.DeleteAsync($"/api/events/{id}/").RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task Everybody_registered_is_cancelled_and_told_once()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        for (var i = 0; i < 3; i++)
            await RegisterAsync(id);
        using var gone = await RegisterAsync(id);
        Assert.Equal(200, (int)(await gone.PostAsync($"/api/events/{id}/cancel/", content: null)).StatusCode);

        Assert.Equal(204, (int)(await organiser.DeleteAsync($"/api/events/{id}/")).StatusCode);

        Assert.Equal(4, await server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and status = 'cancelled' and cancelled_at is not null", id));
        Assert.Equal(3, await CountToldAsync(id));
        Assert.Equal(0, await server.ScalarAsync<int>("select taken from inventory.pools where kind = 'event' and subject_id = $1", id));
        Assert.Equal(0, await server.ScalarAsync<long>("""
            select coalesce(sum(l.change), 0)::bigint from inventory.ledger l join inventory.pools p on p.id = l.pool_id where p.kind = 'event' and p.subject_id = $1
            """, id));
        Assert.Equal(4, await server.ScalarAsync<long>("""
            select count(*) from inventory.claims c join events.registrations r on r.claim_id = c.id where r.event_id = $1 and c.state = 'released' and c.ended_at is not null
            """, id));
    }

    [Fact]
    public async Task Of_an_event_that_is_over_nobody_is_told_anything()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        var account = await own.CreateUserAsync("Facilitator");
        using var before = own.SignIn(account);
        var id = await before.AnnounceAsync(own.Terms(startsInHours: 1, hours: 1));
        using var seeker = await own.SignInAsync("Seeker");
        Assert.Equal(201, (int)(await seeker.PostAsync($"/api/events/{id}/register/", content: null)).StatusCode);
        own.Clock.Advance(TimeSpan.FromHours(3));
        using var organiser = own.SignIn(account);

        Assert.Equal(204, (int)(await organiser.DeleteAsync($"/api/events/{id}/")).StatusCode);

        Assert.Equal(1, await own.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and status = 'registered'", id));
        Assert.Equal(0, await own.ScalarAsync<long>("select count(*) from kernel.outbox where kind = 'events.event_cancelled'"));
        await organiser.GetAsync($"/api/events/{id}/").RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task Whoever_registers_while_it_is_deleted_is_cancelled_or_refused()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        for (var round = 0; round < 10; round++)
        {
            var id = await organiser.AnnounceAsync(server.Terms().With("capacity", null));
            var seekers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.SignInAsync("Seeker")));
            var registering = seekers.Select(seeker => seeker.PostAsync($"/api/events/{id}/register/", content: null)).ToList();
            using var deleted = await organiser.DeleteAsync($"/api/events/{id}/");
            var answers = await Task.WhenAll(registering);

            Assert.Equal(204, (int)deleted.StatusCode);
            Assert.All(answers, answer => Assert.Contains((int)answer.StatusCode, new[] { 201, 404 }));
            var registered = answers.Count(answer => (int)answer.StatusCode == 201);
            Assert.Equal(registered, await server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and status = 'cancelled'", id));
            Assert.Equal(registered, await CountToldAsync(id));
            Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and status = 'registered'", id));
            Assert.Equal(0, await server.ScalarAsync<int>("select taken from inventory.pools where kind = 'event' and subject_id = $1", id));
        }
    }

    private async Task<HttpClient> RegisterAsync(long id)
    {
        var client = await server.SignInAsync("Seeker");
        using var answer = await client.PostAsync($"/api/events/{id}/register/", content: null);
        Assert.Equal(201, (int)answer.StatusCode);
        return client;
    }

    private Task<long> CountToldAsync(long id) => server.ScalarAsync<long>("""
        select count(*) from kernel.outbox o join events.registrations r on r.id = (o.payload ->> 'registration_id')::bigint
        where o.kind = 'events.event_cancelled' and r.event_id = $1
        """, id);
}
