using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

public sealed class OneNodeFreshnessTest(TestServer server, TestPostgres postgres) : FreshnessTest(server, postgres), IClassFixture<TestServer>;

public sealed class SharedFreshnessTest(RedisBackedServer backed, TestPostgres postgres) : FreshnessTest(backed.Server, postgres), IClassFixture<RedisBackedServer>;

/// <summary>
/// What is answered from memory is never older than what is committed, nor than the clock; what hangs on the seats of many events may be a moment older.
/// With Redis and without.
/// </summary>
public abstract class FreshnessTest(TestServer server, TestPostgres postgres)
{
    [Fact]
    public async Task A_write_shows_in_the_next_answer()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var reader = server.CreateClient();
        Assert.Empty(await reader.TitlesAsync("/api/events/?q=fresh"));

        var id = await organiser.AnnounceAsync(server.Terms("fresh one"));
        Assert.Equal(["fresh one"], await reader.TitlesAsync("/api/events/?q=fresh"));
        Assert.Equal("fresh one", (string?)(await reader.GetJsonAsync($"/api/events/{id}/"))["title"]);

        using (var changed = await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "fresh two", ["capacity"] = 4 }))
            Assert.Equal(200, (int)changed.StatusCode);
        Assert.Equal(["fresh two"], await reader.TitlesAsync("/api/events/?q=fresh"));
        Assert.Equal(4, (int?)(await reader.GetJsonAsync("/api/events/?q=fresh"))["results"]![0]!["capacity"]);
        Assert.Equal("fresh two", (string?)(await reader.GetJsonAsync($"/api/events/{id}/"))["title"]);
    }

    [Fact]
    public async Task Seats_show_in_the_next_answer()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var seeker = await server.SignInAsync("Seeker");
        using var reader = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms("seated", startsInHours: 1).With("capacity", 1));
        var other = await organiser.AnnounceAsync(server.Terms("seated too", startsInHours: 2).With("capacity", 1));

        await AssertSeatsAsync(1, 0);
        await PostAsync("register", 201);
        await AssertSeatsAsync(0, 1);
        await PostAsync("cancel", 200);
        await AssertSeatsAsync(1, 0);

        async Task PostAsync(string action, int status)
        {
            using var answer = await seeker.PostAsync($"/api/events/{id}/{action}/", content: null);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        async Task AssertSeatsAsync(int available, int taken)
        {
            var listed = (await reader.GetJsonAsync("/api/events/?q=seated"))["results"]![0]!;
            Assert.Equal((available, taken), ((int)listed["available_seats"]!, (int)listed["total_enrollments"]!));
            var found = (await reader.GetJsonAsync("/api/events/search/?q=seated"))["results"]![0]!;
            Assert.Equal((available, taken), ((int)found["available_seats"]!, (int)found["total_enrollments"]!));
            var detail = await reader.GetJsonAsync($"/api/events/{id}/");
            Assert.Equal((available, taken), ((int)detail["available_seats"]!, (int)detail["total_enrollments"]!));
            Assert.Equal(1, (int)(await reader.GetJsonAsync($"/api/events/{other}/"))["available_seats"]!);
        }
    }

    [Fact]
    public async Task Another_node_shows_it_as_soon_as_it_is_told()
    {
        await using var node = new TestServer(postgres);
        await node.StartAsync(sibling: server);
        using var organiser = await server.SignInAsync("Facilitator");
        using var seeker = await server.SignInAsync("Seeker");
        using var reader = node.CreateClient();
        Assert.Empty(await reader.TitlesAsync("/api/events/?q=elsewhere"));

        var id = await organiser.AnnounceAsync(server.Terms("elsewhere").With("capacity", 5));
        await EventuallyAsync(async () => (await reader.TitlesAsync("/api/events/?q=elsewhere")).Count == 1);

        using var answer = await seeker.PostAsync($"/api/events/{id}/register/", content: null);
        Assert.Equal(201, (int)answer.StatusCode);
        await EventuallyAsync(async () => (int)(await reader.GetJsonAsync("/api/events/?q=elsewhere"))["results"]![0]!["available_seats"]! == 4);
    }

    [Fact]
    public async Task The_clock_alone_makes_an_answer_old()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var organiser = await own.SignInAsync("Facilitator");
        using var reader = own.CreateClient();
        var first = await organiser.AnnounceAsync(own.Terms("first", startsInHours: 0.5, hours: 0.5));
        await organiser.AnnounceAsync(own.Terms("second", startsInHours: 2, hours: 1));
        await organiser.AnnounceAsync(own.Terms("third", startsInHours: 3, hours: 5));

        await AssertAsync(["first", "second", "third"], ["first", "second", "third"], past: false, upcoming: true);
        own.Clock.Advance(TimeSpan.FromMinutes(31));
        await AssertAsync(["first", "second", "third"], ["second", "third"], past: false, upcoming: false);
        own.Clock.Advance(TimeSpan.FromMinutes(30));
        await AssertAsync(["second", "third", "first"], ["second", "third"], past: true, upcoming: false);
        own.Clock.Advance(TimeSpan.FromMinutes(60));
        await AssertAsync(["second", "third", "first"], ["third"], past: true, upcoming: false);
        own.Clock.Advance(TimeSpan.FromMinutes(61));
        await AssertAsync(["third", "second", "first"], [], past: true, upcoming: false);

        async Task AssertAsync(string[] list, string[] search, bool past, bool upcoming)
        {
            Assert.Equal(list, await reader.TitlesAsync("/api/events/"));
            Assert.Equal(list, (await reader.TitlesAsync("/api/events/?page_size=2")).Concat(await reader.TitlesAsync("/api/events/?page_size=2&page=2")));
            Assert.Equal(search, await reader.TitlesAsync("/api/events/search/"));
            Assert.Equal(search.Length, (int)(await reader.GetJsonAsync("/api/events/search/"))["count"]!);
            var detail = await reader.GetJsonAsync($"/api/events/{first}/");
            Assert.Equal((past, upcoming), ((bool)detail["is_past"]!, (bool)detail["is_upcoming"]!));
            var listed = (await reader.GetJsonAsync("/api/events/?ordering=starts_at"))["results"]![0]!;
            Assert.Equal((past, upcoming), ((bool)listed["is_past"]!, (bool)listed["is_upcoming"]!));
        }
    }

    [Fact]
    public async Task What_a_reader_has_already_is_not_sent_again()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var reader = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms("tagged"));
        foreach (var address in new[] { "/api/events/?q=tagged", $"/api/events/{id}/", $"/api/events/search/?q=tagged" })
        {
            using var first = await reader.GetAsync(address);
            var tag = first.Headers.ETag!;

            using var again = await AskAsync(address, tag);
            Assert.Equal((304, ""), ((int)again.StatusCode, await again.Content.ReadAsStringAsync()));

            using (await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = $"tagged {address}" }))
            using (var changed = await AskAsync(address, tag))
            {
                Assert.Equal(200, (int)changed.StatusCode);
                Assert.NotEqual(tag, changed.Headers.ETag);
            }
        }

        async Task<HttpResponseMessage> AskAsync(string address, EntityTagHeaderValue tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { tag } } };
            return await reader.SendAsync(request);
        }
    }

    [Fact]
    public async Task Addresses_that_differ_in_host_or_form_are_answered_in_their_own()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        await organiser.AnnounceAsync(server.Terms("hosted"));
        await organiser.AnnounceAsync(server.Terms("hosted"));
        foreach (var host in new[] { "http://localhost:8000", "http://127.0.0.1:8000" })
        {
            using var reader = server.CreateClient();
            reader.BaseAddress = new Uri(host);
            Assert.Equal($"{host}/api/events?page_size=1&q=hosted&page=2", (string?)(await reader.GetJsonAsync("/api/events?page_size=1&q=hosted"))["next"]);
            Assert.Equal($"{host}/api/events/?page_size=1&q=hosted&page=2", (string?)(await reader.GetJsonAsync("/api/events/?page_size=1&q=hosted"))["next"]);
        }
    }

    [Fact]
    public async Task Readers_in_a_storm_of_registrations_see_every_seat_that_was_answered_for()
    {
        using var organiser = await server.SignInAsync("Facilitator");
        using var reader = server.CreateClient();
        var id = await organiser.AnnounceAsync(server.Terms("stormy").With("capacity", null));
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 6; i++)
            {
                using var seeker = await server.SignInAsync("Seeker");
                using var answer = await seeker.PostAsync($"/api/events/{id}/register/", content: null);
                Assert.Equal(201, (int)answer.StatusCode);
                var atLeast = Interlocked.Increment(ref answered);
                var item = (await reader.GetJsonAsync("/api/events/?q=stormy"))["results"]![0]!;
                Assert.InRange((int)item["total_enrollments"]!, atLeast, 48);
                Assert.InRange((int)(await reader.GetJsonAsync($"/api/events/{id}/"))["total_enrollments"]!, atLeast, 48);
            }
        }));
        Assert.Equal(48, (int)(await reader.GetJsonAsync("/api/events/?q=stormy"))["results"]![0]!["total_enrollments"]!);
    }

    /// <summary>What comes by a signal comes soon, but not with the answer to the write.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var attempt = 0; !await holds(); attempt++)
        {
            Assert.True(attempt < 200, "It did not become true within ten seconds.");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}
