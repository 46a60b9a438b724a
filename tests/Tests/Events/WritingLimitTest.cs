using System.Net.Http.Json;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary>How much one organiser may write: anybody can make themselves one.</summary>
public sealed class WritingLimitTest(TestPostgres postgres)
{
    [Fact]
    public async Task An_organiser_has_so_many_changes_an_hour_and_another_their_own()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { Throttles = settings.Throttles with { Events = new Rate(4, TimeSpan.FromHours(1)) } });
        var account = await server.CreateUserAsync("Facilitator");
        using var organiser = server.SignIn(account);
        using var other = await server.SignInAsync("Facilitator");
        var id = await organiser.AnnounceAsync(server.Terms());
        var kept = await organiser.AnnounceAsync(server.Terms());
        Assert.Equal(200, (int)(await organiser.PatchAsJsonAsync($"/api/events/{id}/", new { title = "two" })).StatusCode);
        Assert.Equal(204, (int)(await organiser.DeleteAsync($"/api/events/{id}/")).StatusCode);

        await organiser.PostAsJsonAsync("/api/events/", server.Terms("one too many")).RefusedAsync(429, "throttled");
        await organiser.PutAsJsonAsync($"/api/events/{kept}/", server.Terms("one too many")).RefusedAsync(429, "throttled");
        await organiser.PatchAsJsonAsync($"/api/events/{kept}/", new { title = "one too many" }).RefusedAsync(429, "throttled");
        await organiser.DeleteAsync($"/api/events/{kept}/").RefusedAsync(429, "throttled");

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from events.events where title = 'one too many'"));
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from events.events where deleted_at is null"));
        await organiser.GetJsonAsync($"/api/events/{kept}/");
        await other.AnnounceAsync(server.Terms());
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        using var later = server.SignIn(account);
        await later.AnnounceAsync(server.Terms());
    }
}
