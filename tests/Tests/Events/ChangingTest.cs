using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Inventory;
using Maydon.Tests.Inventory;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary><c>PUT</c> and <c>PATCH /api/events/{id}/</c>.</summary>
public sealed class ChangingTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_change_leaves_alone_what_is_not_sent()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var before = await organiser.GetJsonAsync($"/api/events/{id}/");

        var after = await PatchAsync(organiser, id, new() { ["title"] = "Boshqa nom" });

        Assert.Equal("Boshqa nom", (string?)after["title"]);
        foreach (var field in before.AsObject().Where(field => field.Key is not ("title" or "updated_at")))
            Assert.Equal(field.Value?.ToJsonString(), after[field.Key]?.ToJsonString());
        Assert.True(after["updated_at"]!.GetValue<DateTime>() > before["updated_at"]!.GetValue<DateTime>());
        Assert.Equal(after.ToJsonString(), (await organiser.GetJsonAsync($"/api/events/{id}/")).ToJsonString());
    }

    [Fact]
    public async Task A_replacement_empties_what_is_not_sent()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var terms = server.Terms("Yangi", 48);
        terms.Remove("description");
        terms.Remove("capacity");

        using var answer = await organiser.PutAsJsonAsync($"/api/events/{id}/", terms);

        Assert.Equal(200, (int)answer.StatusCode);
        var after = await answer.ReadAsync();
        Assert.Equal(("Yangi", "", null), ((string?)after["title"], (string?)after["description"], (int?)after["capacity"]));
        terms.Remove("title");
        await organiser.PutAsJsonAsync($"/api/events/{id}/", terms).InvalidAsync("title");
    }

    [Fact]
    public async Task The_merged_result_is_checked()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var before = (await organiser.GetJsonAsync($"/api/events/{id}/")).ToJsonString();
        var start = server.Clock.GetUtcNow();

        await RefuseAsync(new() { ["ends_at"] = start.AddHours(1) }, "ends_at");
        await RefuseAsync(new() { ["end_time"] = start.AddHours(1) }, "ends_at");
        await RefuseAsync(new() { ["starts_at"] = start.AddHours(100) }, "ends_at");
        await RefuseAsync(new() { ["location"] = null }, "location");
        await RefuseAsync(new() { ["location"] = " " }, "location");
        await RefuseAsync(new() { ["title"] = null }, "title");
        await RefuseAsync(new() { ["starts_at"] = null }, "starts_at");
        await RefuseAsync(new() { ["capacity"] = -1 }, "capacity");
        await RefuseAsync(new() { ["event_type"] = "BOTH" }, "event_type");

        Assert.Equal(before, (await organiser.GetJsonAsync($"/api/events/{id}/")).ToJsonString());

        Task RefuseAsync(JsonObject change, string field) => organiser.PatchAsJsonAsync($"/api/events/{id}/", change).InvalidAsync(field);
    }

    [Fact]
    public async Task Going_online_drops_the_location_and_coming_back_needs_one()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());

        var online = await PatchAsync(organiser, id, new() { ["event_type"] = "ONLINE", ["join_url"] = "https://meet.example/1" });
        Assert.Equal((null, "https://meet.example/1"), ((string?)online["location"], (string?)online["join_url"]));

        await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["event_type"] = "OFFLINE" }).InvalidAsync("location");
        var offline = await PatchAsync(organiser, id, new() { ["event_type"] = "OFFLINE", ["location"] = "Nukus" });
        Assert.Equal(("Nukus", null), ((string?)offline["location"], (string?)offline["join_url"]));
    }

    [Fact]
    public async Task Only_the_owner_and_staff_write()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var other = await server.SignInAsync("Facilitator");
        using var seeker = await server.SignInAsync("Seeker");
        using var staff = await server.SignInAsync("staff");
        using var stranger = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms());
        var address = $"/api/events/{id}/";
        var change = new JsonObject { ["title"] = "Mine now" };

        foreach (var client in new[] { other, seeker })
        {
            await client.PatchAsJsonAsync(address, change).RefusedAsync(403, "permission_denied");
            await client.PutAsJsonAsync(address, server.Terms("Mine now")).RefusedAsync(403, "permission_denied");
            await client.DeleteAsync(address).RefusedAsync(403, "permission_denied");
        }

        await stranger.PatchAsJsonAsync(address, change).RefusedAsync(401, "not_authenticated");
        await stranger.DeleteAsync(address).RefusedAsync(401, "not_authenticated");
        Assert.Equal("A talk", (string?)(await stranger.GetJsonAsync(address))["title"]);
        Assert.Equal("Mine now", (string?)(await PatchAsync(staff, id, change))["title"]);
    }

    [Fact]
    public async Task Who_may_not_write_or_writes_nonsense_waits_for_nobody_and_keeps_nobody_waiting()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var other = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var address = $"/api/events/{id}/";
        await using var busy = await PoolLock.TakeAsync(server, new PoolKey("event", id));

        await other.PatchAsJsonAsync(address, new JsonObject { ["title"] = "Mine now" }).RefusedAsync(403, "permission_denied").WaitAsync(s_patience);
        await other.PutAsJsonAsync(address, server.Terms()).RefusedAsync(403, "permission_denied").WaitAsync(s_patience);
        await other.DeleteAsync(address).RefusedAsync(403, "permission_denied").WaitAsync(s_patience);
        await organiser.PatchAsJsonAsync(address, new JsonObject { ["title"] = "" }).InvalidAsync("title").WaitAsync(s_patience);

        Assert.Equal("A talk", (string?)(await organiser.GetJsonAsync(address))["title"]);
    }

    [Fact]
    public async Task What_changed_while_a_change_waited_is_taken_into_account()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        Task<HttpResponseMessage> moving, deleting;
        await using (var busy = await PoolLock.TakeAsync(server, new PoolKey("event", id)))
        {
            moving = organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["ends_at"] = server.Clock.GetUtcNow().AddHours(30) });
            await server.EventuallyAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", 1);
            await server.ExecuteAsync("update events.events set starts_at = starts_at + interval '2 days', ends_at = ends_at + interval '2 days' where id = $1", id);
        }

        await moving.InvalidAsync("ends_at");
        await using (var busy = await PoolLock.TakeAsync(server, new PoolKey("event", id)))
        {
            deleting = organiser.DeleteAsync($"/api/events/{id}/");
            await server.EventuallyAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", 1);
            await server.ExecuteAsync("update events.events set deleted_at = now() where id = $1", id);
        }

        await deleting.RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task An_event_that_is_not_there_cannot_be_written()
    {
        using var organiser = await server.SignInAsync("Facilitator");

        await organiser.PatchAsJsonAsync("/api/events/123456789/", new JsonObject()).RefusedAsync(404, "event_not_found");
        await organiser.PutAsJsonAsync("/api/events/123456789/", server.Terms()).RefusedAsync(404, "event_not_found");
        await organiser.DeleteAsync("/api/events/123456789/").RefusedAsync(404, "event_not_found");
    }

    [Fact]
    public async Task What_the_caller_may_not_set_is_not_changed()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var before = await organiser.GetJsonAsync($"/api/events/{id}/");

        var after = await PatchAsync(organiser, id, new() { ["id"] = 1, ["created_by"] = 1, ["created_at"] = "2001-01-01T00:00:00Z", ["deleted_at"] = "2001-01-01T00:00:00Z", ["notice"] = 7 });

        before["updated_at"] = after["updated_at"]!.DeepClone();
        Assert.Equal(before.ToJsonString(), after.ToJsonString());
        Assert.Equal(0, await server.ScalarAsync<int>("select notice from events.events where id = $1", id));
    }

    [Fact]
    public async Task The_capacity_cannot_go_under_what_is_taken()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms().With("capacity", 3));
        await RegisterAsync(id);
        await RegisterAsync(id);

        var problem = await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["capacity"] = 1, ["title"] = "Smaller" }).RefusedAsync(409, "capacity_below_taken");
        await organiser.PutAsJsonAsync($"/api/events/{id}/", server.Terms().With("capacity", 0)).RefusedAsync(409, "capacity_below_taken");

        Assert.Contains("2", (string?)problem["detail"], StringComparison.Ordinal);
        var stored = await organiser.GetJsonAsync($"/api/events/{id}/");
        Assert.Equal(("A talk", 3, 1), ((string?)stored["title"], (int?)stored["capacity"], (int?)stored["available_seats"]));
        Assert.Equal((2, 0), await SeatsAsync(new() { ["capacity"] = 2 }));
        Assert.Equal((9, 7), await SeatsAsync(new() { ["capacity"] = 9 }));
        Assert.Equal(((int?)null, (int?)null), await SeatsAsync(new() { ["capacity"] = null }));

        async Task<(int?, int?)> SeatsAsync(JsonObject change)
        {
            var after = await PatchAsync(organiser, id, change);
            return ((int?)after["capacity"], (int?)after["available_seats"]);
        }
    }

    [Fact]
    public async Task A_change_of_time_or_place_is_announced_once_to_those_who_are_registered()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        using var coming = await RegisterAsync(id);
        using var gone = await RegisterAsync(id);
        Assert.Equal(200, (int)(await gone.PostAsync($"/api/events/{id}/cancel/", content: null)).StatusCode);

        await PatchAsync(organiser, id, new() { ["title"] = "Other words", ["description"] = "Other", ["capacity"] = 20, ["language"] = "ru" });
        Assert.Equal(0, await CountNoticesAsync(id));

        await PatchAsync(organiser, id, new() { ["location"] = "Samarqand" });
        Assert.Equal(1, await CountNoticesAsync(id));

        await PatchAsync(organiser, id, new() { ["location"] = "Samarqand" });
        Assert.Equal(1, await CountNoticesAsync(id));

        await PatchAsync(organiser, id, new() { ["ends_at"] = server.Clock.GetUtcNow().AddDays(3) });
        await PatchAsync(organiser, id, new() { ["starts_at"] = server.Clock.GetUtcNow().AddDays(2) });
        // They are told together, a minute after the first.
        Assert.Equal(1, await CountNoticesAsync(id));
    }

    [Fact]
    public async Task Nobody_is_told_that_an_event_which_is_over_was_elsewhere()
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

        await PatchAsync(organiser, id, new() { ["location"] = "Samarqand" });

        Assert.Equal(0, await own.ScalarAsync<long>("select count(*) from kernel.outbox where kind = 'events.changed'"));
    }

    [Fact]
    public async Task The_same_key_changes_once_and_answers_twice()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        organiser.DefaultRequestHeaders.Add("Idempotency-Key", "announce-1");

        var terms = server.Terms("Once");
        using var stranger = server.CreateClient();
        Assert.Empty(await stranger.TitlesAsync("/api/events/?q=once"));

        using var first = await organiser.PostAsJsonAsync("/api/events/", terms);
        using var second = await organiser.PostAsJsonAsync("/api/events/", terms);

        Assert.Equal((201, 201), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal("Once", (string?)(await first.ReadAsync())["title"]);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(["Once"], await stranger.TitlesAsync("/api/events/?q=once"));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from events.events where title = 'Once'"));
    }

    private static async Task<JsonNode> PatchAsync(HttpClient client, long id, JsonObject change)
    {
        using var answer = await client.PatchAsJsonAsync($"/api/events/{id}/", change);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.ReadAsync();
    }

    private async Task<HttpClient> RegisterAsync(long id)
    {
        var client = await server.SignInAsync("Seeker");
        using var answer = await client.PostAsync($"/api/events/{id}/register/", content: null);
        Assert.Equal(201, (int)answer.StatusCode);
        return client;
    }

    private Task<long> CountNoticesAsync(long id) => server.ScalarAsync<long>("""
        select count(*) from kernel.outbox o join events.registrations r on r.id = (o.payload ->> 'registration_id')::bigint
        where o.kind = 'events.changed' and r.event_id = $1 and r.status = 'registered'
        """, id);
}
