using System.Net;
using Maydon.Kernel.Settings;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Maydon.Tests.Catalog;

/// <summary>Over a real socket, from an address that is no proxy's.</summary>
public sealed class CatalogThrottleTest(TestPostgres postgres)
{
    [Fact]
    public async Task A_stranger_has_a_hundred_reads_an_hour_and_somebody_goes_on_to_a_thousand()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(
            settings => settings with { Throttles = settings.Throttles with { Anon = new ThrottleSettings().Anon, User = new ThrottleSettings().User }, TrustedProxies = [] },
            builder => builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0"));
        var address = new Uri(server.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var stranger = new HttpClient { BaseAddress = address };
        string[] paths = ["/api/v1/", "/api/v1/project/", "/api/v1/nomenklatura/?page_size=5", "/api/v1/nomenklatura/none/"];
        for (var n = 0; n < 100; n++)
            Assert.NotEqual(HttpStatusCode.TooManyRequests, (await stranger.GetAsync(paths[n % paths.Length])).StatusCode);
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using (var refused = await stranger.GetAsync("/api/v1/project/"))
            Assert.Equal((HttpStatusCode.TooManyRequests, true), (refused.StatusCode, refused.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(50)));
        // Whoever's token has died there learns just that; credentials that are none help nobody.
        foreach (var (credentials, status) in new[] { ("Bearer dead", 401), ("Api-Key maydon_dead", 401), ("Nonsense x", 429), ("Bearer", 401) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/project/");
            request.Headers.TryAddWithoutValidation("Authorization", credentials);
            using var answer = await stranger.SendAsync(request);
            Assert.Equal((credentials, status), (credentials, (int)answer.StatusCode));
        }

        // Elsewhere and for health other limits hold.
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/api/health/")).StatusCode);

        using var somebody = new HttpClient { BaseAddress = address };
        somebody.DefaultRequestHeaders.Authorization = new("Bearer", server.MintAccessToken(await server.CreateUserAsync("Seeker")));
        for (var n = 0; n < 1000; n++)
            Assert.Equal(HttpStatusCode.OK, (await somebody.GetAsync("/api/v1/project/")).StatusCode);
        await somebody.GetAsync("/api/v1/project/").RefusedAsync(429, "throttled");
    }
}
