using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Kernel.Caching;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Events;

/// <summary>What the whole table must be looked through for is not looked through for everybody who asks.</summary>
public sealed class BusyReadsTest(TestPostgres postgres)
{
    private const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Fact]
    public async Task Which_events_have_seats_may_be_some_seconds_old_and_no_more()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        own.Clock.Stop();
        var account = await own.CreateUserAsync("Facilitator");
        var person = await own.CreateUserAsync("Seeker");
        using var organiser = own.SignIn(account);
        using var seeker = own.SignIn(person);
        using var reader = own.CreateClient();
        var first = await organiser.AnnounceAsync(own.Terms("first", startsInHours: 1).With("capacity", 1));
        var second = await organiser.AnnounceAsync(own.Terms("second", startsInHours: 2).With("capacity", 1));
        await AssertAsync(["first", "second"], []);

        await PostAsync(first, "register", 201);
        // What is shown as free is free: an event that has filled up is gone at once.
        Assert.Equal(["second"], await reader.TitlesAsync("/api/events/?has_seats=true"));
        await AssertSoonAsync(["second"], ["first"]);

        await PostAsync(second, "register", 201);
        await AssertSoonAsync([], ["first", "second"]);

        await PostAsync(first, "cancel", 200);
        await AssertSoonAsync(["first"], ["second"]);

        // What an organiser writes shows at once.
        using (var changed = await organiser.PatchAsJsonAsync($"/api/events/{second}/", new JsonObject { ["capacity"] = 2 }))
            Assert.Equal(200, (int)changed.StatusCode);
        await AssertAsync(["first", "second"], []);

        async Task PostAsync(long id, string action, int status)
        {
            using var answer = await seeker.PostAsync($"/api/events/{id}/{action}/", content: null);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        async Task AssertSoonAsync(string[] free, string[] full)
        {
            // Read in between, so that something is kept.
            await reader.TitlesAsync("/api/events/?has_seats=true");
            await reader.TitlesAsync("/api/events/?has_seats=false");
            own.Clock.Advance(TimeSpan.FromSeconds(3));
            await AssertAsync(free, full);
            own.Clock.Advance(TimeSpan.FromSeconds(3));
            await AssertAsync(free, full);
        }

        async Task AssertAsync(string[] free, string[] full)
        {
            foreach (var (value, titles) in new[] { ("true", free), ("false", full) })
            {
                Assert.Equal(titles, await reader.TitlesAsync($"/api/events/?has_seats={value}"));
                Assert.Equal(titles.Length, (int)(await reader.GetJsonAsync($"/api/events/?has_seats={value}"))["count"]!);
                Assert.Equal(titles, await reader.TitlesAsync($"/api/events/search/?has_seats={value}&ordering=title"));
            }
        }
    }

    [Fact]
    public async Task Under_a_storm_the_events_with_seats_are_counted_every_two_seconds_and_not_more_often()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        own.Clock.Stop();
        using var organiser = await own.SignInAsync("Facilitator");
        using var reader = own.CreateClient();
        var id = await organiser.AnnounceAsync(own.Terms().With("capacity", null));
        await own.HearSignalsAsync();
        await reader.TitlesAsync("/api/events/?has_seats=true");
        await reader.GetJsonAsync("/api/events/stats/top/");

        using var statements = new SqlStatements(own);
        for (var second = 0; second < 6; second++)
        {
            for (var people = 0; people < 3; people++)
            {
                await own.FillAsync(id, 1);
                Assert.Equal(["A talk"], await reader.TitlesAsync("/api/events/?has_seats=true"));
                await reader.GetJsonAsync($"/api/events/stats/top/?limit={people + 1}");
            }

            own.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, statements.Texts.Count(text => text.Contains("count(*) filter", StringComparison.Ordinal) && text.Contains("is_full", StringComparison.Ordinal)));
        Assert.Equal(2, statements.Texts.Count(text => text.Contains("order by taken desc", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("?limit=1")]
    [InlineData("?limit=2")]
    public async Task Who_can_be_shown_how_it_was_just_before_does_not_wait_for_a_new_count(string query)
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        own.Clock.Stop();
        using var organiser = await own.SignInAsync("Facilitator");
        using var reader = own.CreateClient();
        var id = await organiser.AnnounceAsync(own.Terms());
        await own.FillAsync(id, 1);
        Assert.Equal(1, await TopAsync("?limit=1"));
        await own.FillAsync(id, 1);
        own.Clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(1, await TopAsync("?limit=1"));
        own.Clock.Advance(TimeSpan.FromSeconds(1.1));

        Task<int> counting;
        await using (var connection = await own.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table inventory.pools", connection))
                await command.ExecuteNonQueryAsync();
            counting = TopAsync("?limit=1");
            await own.EventuallyAsync(Waiting, 1);
            Assert.Equal(1, await TopAsync(query).WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.False(counting.IsCompleted);
        }

        Assert.Equal(2, await counting);
        own.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, await TopAsync(query));

        async Task<int> TopAsync(string query) => (int)(await reader.GetJsonAsync($"/api/events/stats/top/{query}"))[0]!["registered"]!;
    }

    [Fact]
    public async Task However_long_searches_take_they_keep_nobody_else_waiting()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var organiser = await own.SignInAsync("Facilitator");
        using var reader = own.CreateClient();
        var id = await organiser.AnnounceAsync(own.Terms());
        await reader.TitlesAsync("/api/events/");

        List<Task<HttpResponseMessage>> searches;
        await using (var connection = await own.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table events.events", connection))
                await command.ExecuteNonQueryAsync();
            searches = [.. Enumerable.Range(0, SearchQueue.AtOnce + SearchQueue.Waiting).Select(n => reader.GetAsync($"/api/events/?q=talk{n}"))];
            await own.EventuallyAsync(Waiting, SearchQueue.AtOnce);
            await reader.GetAsync("/api/events/?q=one%20more").RefusedAsync(503, "unavailable").WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(SearchQueue.AtOnce, await own.ScalarAsync<long>(Waiting));
            Assert.Equal(["A talk"], await reader.TitlesAsync("/api/events/"));
        }

        foreach (var search in searches)
            Assert.Equal(200, (int)(await search).StatusCode);
        Assert.Equal(["A talk"], await reader.TitlesAsync("/api/events/?q=talk"));
    }
}
