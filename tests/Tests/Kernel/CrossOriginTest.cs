using System.Net;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

public sealed class CrossOriginTest(CrossOriginTest.Listed listed, TestPostgres postgres) : IClassFixture<CrossOriginTest.Listed>
{
    public sealed class Listed(TestPostgres postgres) : IAsyncLifetime
    {
        public ProbeServer Probe { get; } = new(postgres);

        public async ValueTask InitializeAsync() => await Probe.StartAsync(settings => settings with { CorsAllowedOrigins = ["https://app.test"] });

        public ValueTask DisposeAsync() => Probe.DisposeAsync();
    }

    [Fact]
    public async Task A_listed_origin_may_call_and_read()
    {
        foreach (var (path, status) in new[] { ("/api/probe/", HttpStatusCode.OK), ("/api/nothing/", HttpStatusCode.NotFound), ("/api/probe/mine/", HttpStatusCode.Unauthorized), ("/api/probe/throws/bug/", HttpStatusCode.InternalServerError) })
        {
            using var response = await SendAsync(HttpMethod.Get, path, "https://app.test");
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("https://app.test", response.Header("Access-Control-Allow-Origin"));
            Assert.Equal("true", response.Header("Access-Control-Allow-Credentials"));
            Assert.Contains("Retry-After", response.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.Contains("Idempotency-Replayed", response.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_listed_origin_may_ask_before()
    {
        using var response = await SendAsync(HttpMethod.Options, "/api/probe/mine/", "https://app.test", preflight: true);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("https://app.test", response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("idempotency-key,authorization", response.Header("Access-Control-Allow-Headers"));
        Assert.Equal("DELETE", response.Header("Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("http://app.test")]
    [InlineData("https://app.test.evil.test")]
    [InlineData("null")]
    public async Task Others_may_not(string origin)
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/probe/", origin);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        using var before = await SendAsync(HttpMethod.Options, "/api/probe/", origin, preflight: true);
        Assert.False(before.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Any_origin_never_comes_with_credentials()
    {
        await using var open = new ProbeServer(postgres);
        await open.StartAsync(settings => settings with { CorsAllowedOrigins = ["*"], CorsAllowCredentials = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/probe/") { Headers = { { "Origin", "https://any.test" } } };
        using var response = await open.CreateClient().SendAsync(request);
        Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_cache_keeps_the_answers_to_different_callers_apart()
    {
        foreach (var path in new[] { "/api/probe/", "/api/nothing/", "/api/probe/mine/", "/api/probe/throws/bug/", "/health/probe/" })
        {
            // Also what was asked for by no script: it must not be given to one.
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await listed.Probe.CreateClient().SendAsync(request);
            Assert.Equal(["Accept-Language", "Authorization", "Origin"], response.Headers.Vary);
        }

        using var asset = await listed.Probe.CreateClient().GetAsync("/api/docs/assets/swagger-ui.css");
        Assert.Equal(["Accept-Language", "Authorization", "Origin", "Accept-Encoding"], asset.Headers.Vary);
        await using var alone = new ProbeServer(postgres);
        await alone.StartAsync();
        using var plain = await alone.CreateClient().GetAsync("/api/probe/");
        Assert.Equal(["Accept-Language", "Authorization"], plain.Headers.Vary);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string origin, bool preflight = false)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Origin", origin } } };
        if (preflight)
        {
            request.Headers.Add("Access-Control-Request-Method", "DELETE");
            request.Headers.Add("Access-Control-Request-Headers", "idempotency-key,authorization");
        }

        return await listed.Probe.CreateClient().SendAsync(request);
    }
}
