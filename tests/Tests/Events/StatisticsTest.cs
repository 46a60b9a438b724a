using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary><c>/api/events/{id}/stats/</c>, <c>/api/events/stats/top/</c>, <c>/api/admin/stats/</c>.</summary>
public sealed class StatisticsTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task One_event_is_counted()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var reader = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms("Counted").With("capacity", 5));
        await server.FillAsync(id, 3);
        await server.FillAsync(id, 1, cancel: true);

        Assert.Equal(
            $$"""{"event_id":{{id}},"title":"Counted","capacity":5,"registered":3,"cancelled":1,"waitlisted":0,"available_seats":2}""",
            (await reader.GetJsonAsync($"/api/events/{id}/stats/")).ToJsonString());
        await server.FillAsync(id, 1);
        Assert.Equal(4, (int)(await reader.GetJsonAsync($"/api/events/{id}/stats/"))["registered"]!);
    }

    [Fact]
    public async Task Unlimited_seats_are_null()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var reader = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms().With("capacity", null));
        await server.FillAsync(id, 2);

        var stats = await reader.GetJsonAsync($"/api/events/{id}/stats/");

        Assert.Equal((null, 2, null), ((int?)stats["capacity"], (int)stats["registered"]!, (int?)stats["available_seats"]));
    }

    [Fact]
    public async Task Of_an_event_that_is_not_there_nothing_is_counted()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        Assert.Equal(0, (int)(await organiser.GetJsonAsync($"/api/events/{id}/stats/"))["registered"]!);
        Assert.Equal(204, (int)(await organiser.DeleteAsync($"/api/events/{id}/")).StatusCode);

        await organiser.GetAsync($"/api/events/{id}/stats/").RefusedAsync(404, "event_not_found");
        await organiser.GetAsync("/api/events/123456789/stats/").RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task The_top_are_those_with_the_most_registrations()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var organiser = await own.SignInAsync("Facilitator");
        using var reader = own.CreateClient();
        Assert.Empty((await reader.GetJsonAsync("/api/events/stats/top/")).AsArray());
        var ids = new List<long>();
        foreach (var people in new[] { 1, 3, 0, 2, 3, 0, 4 })
        {
            ids.Add(await organiser.AnnounceAsync(own.Terms()));
            await own.FillAsync(ids[^1], people);
        }

        await AssertTopAsync("", 6, 1, 4, 3, 0);
        await AssertTopAsync("?limit=2", 6, 1);
        await AssertTopAsync("?limit=500", 6, 1, 4, 3, 0, 2, 5);
        await organiser.DeleteAsync($"/api/events/{ids[6]}/");
        await AssertTopAsync("?limit=2", 1, 4);
        // Registrations show within seconds, a deletion at once.
        await own.FillAsync(ids[3], 2);
        own.Clock.Advance(TimeSpan.FromSeconds(3));
        await AssertTopAsync("?limit=2", 3, 1);
        await reader.GetAsync("/api/events/stats/top/?limit=many").InvalidAsync("limit");

        async Task AssertTopAsync(string query, params int[] places)
        {
            var top = (await reader.GetJsonAsync($"/api/events/stats/top/{query}")).AsArray();
            Assert.Equal(places.Select(place => ids[place]), top.Select(stats => (long)stats!["event_id"]!));
            Assert.Equal(top.Select(stats => (int)stats!["registered"]!).OrderDescending(), top.Select(stats => (int)stats!["registered"]!));
        }
    }

    [Fact]
    public async Task The_top_is_found_behind_deleted_events_that_were_full()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var organiser = await own.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(own.Terms("The only one"));
        await own.ExecuteAsync("""
            with gone as (
                insert into events.events (title, description, event_type, language, starts_at, ends_at, created_by, created_at, updated_at, deleted_at)
                select 'gone', '', 'ONLINE', '', now(), now(), (select min(id) from identity.users), now(), now(), now() from generate_series(1, 2000) returning id
            )
            insert into inventory.pools (kind, subject_id, capacity, taken) select 'event', id, 9, 9 from gone
            """);

        var top = (await organiser.GetJsonAsync("/api/events/stats/top/")).AsArray();

        Assert.Equal([id], top.Select(stats => (long)stats!["event_id"]!));
    }

    [Fact]
    public async Task Staff_see_everything_added_up()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        var account = await own.CreateUserAsync("Facilitator");
        var administrator = await own.CreateUserAsync("staff");
        using (var before = own.SignIn(account))
        {
            await own.FillAsync(await before.AnnounceAsync(own.Terms("past", 1, 1).With("capacity", 1)), 1);
            await own.FillAsync(await before.AnnounceAsync(own.Terms("half", 72, 1).With("capacity", 4)), 2);
            await own.FillAsync(await before.AnnounceAsync(own.Terms("gone", 72, 1)), 1, cancel: true);
        }

        var firstDay = own.Clock.GetUtcNow();
        own.Clock.Advance(TimeSpan.FromHours(25));
        using (var organiser = own.SignIn(account))
        {
            await own.FillAsync(await organiser.AnnounceAsync(own.Terms("full", 1, 1).With("capacity", 2)), 2);
            await organiser.AnnounceAsync(own.Terms("closed", 1, 1).With("capacity", 0));
            await organiser.AnnounceAsync(own.Terms("open", 1, 1).With("capacity", null));
        }

        using var staff = own.SignIn(administrator);
        var stats = await staff.GetJsonAsync("/api/admin/stats/?days=3");

        Assert.Equal("""{"total":6,"upcoming":5,"running":0,"past":1}""", stats["events"]!.ToJsonString());
        Assert.Equal("""{"registered":5,"attended":0,"cancelled":1,"waitlisted":0}""", stats["registrations"]!.ToJsonString());
        var days = stats["per_day"]!.AsArray();
        Assert.Equal(3, days.Count);
        Assert.Equal(
            [$"{own.Clock.GetUtcNow().AddDays(-2):yyyy-MM-dd} 0 0 0", $"{firstDay:yyyy-MM-dd} 3 4 1", $"{own.Clock.GetUtcNow():yyyy-MM-dd} 3 2 0"],
            days.Select(day => $"{day!["date"]} {day["events_created"]} {day["registrations"]} {day["cancellations"]}"));
        Assert.Equal(
            """{"events":3,"average":0.5,"full":1,"over75_percent":0,"over50_percent":1,"under50_percent":1}""", stats["fill_rates"]!.ToJsonString());
        Assert.Equal(["half", "full", "past"], stats["top_events"]!.AsArray().Take(3).Select(top => (string)top!["title"]!));
        Assert.Equal(30, (await staff.GetJsonAsync("/api/admin/stats/"))["per_day"]!.AsArray().Count);
        await staff.GetAsync("/api/admin/stats/?days=x").InvalidAsync("days");
    }

    [Fact]
    public async Task Only_staff_see_everything()
    {
        using var stranger = server.CreateClient();
        using var organiser = await server.SignInAsync("Facilitator");

        await stranger.GetAsync("/api/admin/stats/").RefusedAsync(401, "not_authenticated");
        await organiser.GetAsync("/api/admin/stats/").RefusedAsync(403, "permission_denied");
    }
}
