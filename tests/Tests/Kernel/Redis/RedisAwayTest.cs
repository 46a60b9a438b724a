using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Kernel.Settings;
using Maydon.Tests.Events;
using Maydon.Tests.Platform;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Redis;

/// <summary>Redis goes away in mid-run, and comes back.</summary>
public sealed class RedisAwayTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.With("--appendonly", "yes", "--appendfsync", "always");
    private readonly TestServer _server = new(postgres);

    public async ValueTask InitializeAsync()
    {
        var address = await _redis.AddressAsync();
        await _server.StartAsync(settings => settings with { RedisUrl = address, Throttles = new ThrottleSettings { Anon = new Rate(3, TimeSpan.FromHours(1)), AnonDefault = null, User = null, UserDefault = null, Codes = null } });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Killed_and_started_again_it_keeps_nobody_but_carts_and_keeps_those()
    {
        var thing = await _server.AddVariantAsync();
        using var guest = _server.CreateBrowser();
        using var organiser = await _server.SignInAsync("Facilitator");
        await guest.AddAsync(thing, 2);
        Assert.Equal(("passed", HttpStatusCode.OK), await HealthAsync());

        await _redis.KillAsync();
        await ShouldAnswerWithoutCartsAsync(guest, organiser, thing, "killed");
        // What was counted before is not known here: the window begins anew, in this node's memory.
        Assert.Equal([404, 404, 404, 429], await AskTheCatalogueAsync(4));

        await _redis.StartAsync();
        await EventuallyAsync(async () => (await guest.GetCartAsync()).Status == 200);
        Assert.Equal($"{thing.Id}×3", (await guest.AddAsync(thing)).Lines);
        Assert.Equal(("passed", HttpStatusCode.OK), await HealthAsync());
        Assert.Equal([404, 404, 404, 429], await AskTheCatalogueAsync(4));
    }

    [Fact]
    public async Task Standing_still_it_holds_nobody_up_for_long()
    {
        var thing = await _server.AddVariantAsync();
        using var guest = _server.CreateBrowser();
        using var organiser = await _server.SignInAsync("Facilitator");
        await guest.AddAsync(thing, 2);

        await _redis.FreezeAsync();
        try
        {
            var since = Stopwatch.GetTimestamp();
            await ShouldAnswerWithoutCartsAsync(guest, organiser, thing, "frozen");
            for (var n = 0; n < 200; n++)
                using (await guest.GetAsync("/api/v1/")) { }
            Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
        finally
        {
            await _redis.ThawAsync();
        }

        await EventuallyAsync(async () => (await guest.GetCartAsync()).Status == 200);
        Assert.Contains($"{thing.Id}×", (await guest.GetCartAsync()).Lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_starts_without_it_and_finds_it_later()
    {
        await _redis.KillAsync();
        await using var late = new TestServer(postgres);
        var since = Stopwatch.GetTimestamp();
        await late.StartAsync(sibling: _server);
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        var thing = await late.AddVariantAsync();
        using var guest = late.CreateBrowser();
        Assert.Equal("503 carts_unavailable", (await guest.AddAsync(thing)).ToString());

        await _redis.StartAsync();
        // Not by looking: a stranger has no cart, and needs no Redis to be told so.
        await EventuallyAsync(async () => (await guest.AddAsync(thing)).Status == 200);
        Assert.Equal($"{thing.Id}×1", (await guest.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task One_that_refuses_what_it_is_asked_is_as_good_as_away()
    {
        await using var refusing = RedisServer.With("--rename-command", "EVALSHA", "");
        var address = await refusing.AddressAsync();
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { RedisUrl = address });
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        Assert.Equal("503 carts_unavailable", (await guest.AddAsync(thing)).ToString());
        using var organiser = await server.SignInAsync("Facilitator");
        await organiser.AnnounceAsync(server.Terms("refused"));
        Assert.Equal(["refused"], await organiser.TitlesAsync("/api/events/?q=refused"));
    }

    private async Task ShouldAnswerWithoutCartsAsync(HttpClient guest, HttpClient organiser, TestVariant thing, string title)
    {
        foreach (var answer in new[] { await guest.GetCartAsync(), await guest.AddAsync(thing), await guest.SetAsync(thing, 1), await guest.RemoveAsync(thing), await guest.RemoveAsync() })
        {
            Assert.Equal("503 carts_unavailable", answer.ToString());
            Assert.StartsWith("Savat hozir ochilmayapti", (string?)answer.Body["detail"], StringComparison.Ordinal);
        }

        // A write, and a read from memory right after it, at the node itself.
        var id = await organiser.AnnounceAsync(_server.Terms(title));
        using var reader = _server.CreateClient();
        Assert.Equal([title], await reader.TitlesAsync($"/api/events/?q={title}"));
        Assert.Equal(title, (string?)(await reader.GetJsonAsync($"/api/events/{id}/"))["title"]);

        Assert.Equal(("failed", HttpStatusCode.ServiceUnavailable), await HealthAsync());
        using var up = await _server.CreateClient().GetAsync("/health/");
        Assert.Equal(HttpStatusCode.OK, up.StatusCode);
    }

    private async Task<(string? Redis, HttpStatusCode Status)> HealthAsync()
    {
        _server.Clock.Advance(TimeSpan.FromSeconds(3));
        using var answer = await _server.CreateClient().GetAsync("/health/detailed/");
        return ((await answer.Content.ReadFromJsonAsync<JsonElement>()).Status("redis"), answer.StatusCode);
    }

    private async Task<List<int>> AskTheCatalogueAsync(int times)
    {
        using var client = _server.CreateClient();
        var answers = new List<int>();
        for (var n = 0; n < times; n++)
        {
            using var answer = await client.GetAsync("/api/v1/nothing/");
            answers.Add((int)answer.StatusCode);
        }

        return answers;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "It did not come back within 30 seconds.");
            await Task.Delay(100);
        }
    }
}
