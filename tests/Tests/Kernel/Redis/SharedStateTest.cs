using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Kernel.Settings;
using Maydon.Kernel.Signals;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Maydon.Tests.Kernel.Redis;

/// <summary>Two nodes in one process, on one PostgreSQL and one Redis.</summary>
public sealed class SharedStateTest(RedisBackedServer backed, TestPostgres postgres) : IClassFixture<RedisBackedServer>, IAsyncLifetime
{
    private static readonly ThrottleSettings s_few = new() { AnonDefault = new Rate(30, TimeSpan.FromHours(1)) };
    private readonly TestServer _other = new(postgres);
    private TestServer One => backed.Server;

    public async ValueTask InitializeAsync() => await _other.StartAsync(customise: builder =>
    {
        Deafen(builder);
        RedisBackedServer.WaitForRedis(builder);
    }, sibling: One);

    public ValueTask DisposeAsync() => _other.DisposeAsync();

    [Fact]
    public async Task What_one_node_has_answered_for_the_other_never_misses()
    {
        using var organiser = await One.SignInAsync("Facilitator");
        using var elsewhere = _other.CreateClient();
        var id = await organiser.AnnounceAsync(One.Terms("shared").With("capacity", 1000));
        for (var n = 0; n < 30; n++)
        {
            // Kept by the other node, then changed here, then read there at once: what a signal would bring a moment later is there already.
            Assert.Equal(n, (int)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["total_enrollments"]!);
            using (await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = $"shared {n}" }))
                Assert.Equal($"shared {n}", (string?)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["title"]);
            using var seeker = await One.SignInAsync("Seeker");
            Assert.Equal("201 registered", (await seeker.RegisterAsync(id)).ToString());
            Assert.Equal(n + 1, (int)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["total_enrollments"]!);
        }
    }

    /// <summary>The control: what the test above sees comes by way of Redis alone.</summary>
    [Fact]
    public async Task Without_redis_a_node_that_hears_no_signals_misses_it()
    {
        await using var first = new TestServer(postgres);
        await using var second = new TestServer(postgres);
        await first.StartAsync();
        await second.StartAsync(customise: Deafen, sibling: first);
        using var organiser = await first.SignInAsync("Facilitator");
        using var elsewhere = second.CreateClient();
        var id = await organiser.AnnounceAsync(first.Terms("before"));
        Assert.Equal("before", (string?)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["title"]);
        using (await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "after" }))
            Assert.Equal("before", (string?)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["title"]);
    }

    [Fact]
    public async Task Whoever_was_away_for_long_forgets_everything_rather_than_something()
    {
        using var organiser = await One.SignInAsync("Facilitator");
        using var elsewhere = _other.CreateClient();
        var id = await organiser.AnnounceAsync(One.Terms("long"));
        await elsewhere.GetJsonAsync($"/api/events/{id}/");
        using (await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "long ago" }))
            await backed.Redis.RunAsync(backed.Address, "for n = 1, 3000 do redis.call('LPUSH', 'maydon:changes', 'x:') end redis.call('LTRIM', 'maydon:changes', 0, 1023) redis.call('HINCRBY', 'maydon:changes:at', 'told', 3000)");
        Assert.Equal("long ago", (string?)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["title"]);

        // The same for a Redis that has lost everything and has counted as far again.
        using (await organiser.PatchAsJsonAsync($"/api/events/{id}/", new JsonObject { ["title"] = "long gone" }))
            await backed.Redis.RunAsync(backed.Address, "redis.call('DEL', 'maydon:changes', 'maydon:changes:at')");
        Assert.Equal("long gone", (string?)(await elsewhere.GetJsonAsync($"/api/events/{id}/"))["title"]);
    }

    [Fact]
    public async Task Requests_are_counted_once_wherever_they_come()
    {
        await using var first = new TestServer(postgres);
        await using var second = new TestServer(postgres);
        var address = await backed.Redis.AddressAsync();
        await first.StartAsync(settings => settings with { Throttles = s_few, RedisUrl = address });
        await second.StartAsync(settings => settings with { Throttles = s_few }, sibling: first);
        HttpClient[] doors = [first.CreateClient(), second.CreateClient()];

        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(n => doors[n % 2].GetAsync("/api/schema/")));
        Assert.Equal(30, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(50, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.InRange(answers.Last(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3590, 3600);

        await backed.Redis.AdvanceAsync(address, TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, (await doors[1].GetAsync("/api/schema/")).StatusCode);
    }

    /// <summary>PostgreSQL's signals come within a millisecond here, too soon to tell whether anybody waits for them: this node hears none.</summary>
    private static void Deafen(WebApplicationBuilder builder)
    {
        foreach (var hosted in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(ClusterSignals)).ToList())
            builder.Services.Remove(hosted);
    }
}
