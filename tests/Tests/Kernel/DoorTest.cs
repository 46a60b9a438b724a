using System.Net;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

/// <summary>What is decided before anybody looks at a request: proxies, host names, HTTPS, headers, the address itself.</summary>
public sealed class DoorTest(DoorTest.Production production, TestPostgres postgres) : IClassFixture<DoorTest.Production>
{
    public sealed class Production(TestPostgres postgres) : IAsyncLifetime
    {
        public ProbeServer Probe { get; } = new(postgres);

        public async ValueTask InitializeAsync() => await Probe.StartAsync(settings => settings with
        {
            Debug = false,
            AllowedHosts = ["maydon.test", ".square.test", "localhost"],
            PublicUrl = new Uri("https://maydon.test"),
            TrustedProxies = ["127.0.0.0/8", "10.1.0.0/16", "::1"],
        });

        public ValueTask DisposeAsync() => Probe.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    // The client wrote the first entry itself; the proxy added what it saw.
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "127.0.0.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7")]
    [InlineData("::1", "2001:db8::7, 10.1.2.3, 127.0.0.5", "2001:db8::7")]
    [InlineData("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("127.0.0.1", "nonsense", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7, nonsense, 10.1.2.3", "10.1.2.3")]
    // A stranger's header counts for nothing.
    [InlineData("192.0.2.9", "203.0.113.7", "192.0.2.9")]
    [InlineData("192.0.2.9", "127.0.0.1", "192.0.2.9")]
    [InlineData("::ffff:192.0.2.9", "203.0.113.7", "192.0.2.9")]
    [InlineData("10.2.0.1", "203.0.113.7", "10.2.0.1")]
    public async Task The_address_is_the_last_that_no_proxy_of_ours_has(string peer, string forwarded, string expected)
    {
        var body = await WhoAmIAsync("/api/probe/whoami/", peer, ("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "https"));
        if (body.StatusCode == HttpStatusCode.PermanentRedirect)
            Assert.Equal(peer.Replace("::ffff:", ""), expected);
        else
            Assert.Equal(expected, (await body.ReadAsync()).GetProperty("address").GetString());
    }

    [Fact]
    public async Task Scheme_and_host_are_believed_from_proxies_only()
    {
        using var believed = await WhoAmIAsync("/api/probe/whoami/", "127.0.0.1", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.square.test"));
        Assert.Equal("{\"address\":\"203.0.113.7\",\"scheme\":\"https\",\"host\":\"shop.square.test\"}", await believed.Content.ReadAsStringAsync());
        using var forged = await WhoAmIAsync("/api/probe/whoami/?a=%20b", "192.0.2.9", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.square.test"));
        Assert.Equal(HttpStatusCode.PermanentRedirect, forged.StatusCode);
        Assert.Equal("https://localhost/api/probe/whoami/?a=%20b", forged.Headers.Location?.OriginalString);
        using var stranger = await WhoAmIAsync("/api/probe/whoami/", "127.0.0.1", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.test"));
        await stranger.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_host");
        using var odd = await WhoAmIAsync("/api/probe/whoami/", "127.0.0.1", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "javascript"));
        Assert.Equal("https://localhost/api/probe/whoami/", odd.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("maydon.test", true)]
    [InlineData("MAYDON.test:8443", true)]
    [InlineData("maydon.test.", true)]
    [InlineData("square.test", true)]
    [InlineData("a.b.square.test", true)]
    [InlineData("evilsquare.test", false)]
    [InlineData("evil.test", false)]
    [InlineData("maydon.test.evil.test", false)]
    [InlineData("127.0.0.1", false)]
    public async Task Only_its_own_names_are_served(string host, bool served)
    {
        using var response = await WhoAmIAsync("/api/probe/whoami/", "127.0.0.1", ("Host", host), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
        if (served)
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else
            await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_host");
        // A load balancer asks by address.
        Assert.Equal(HttpStatusCode.OK, (await WhoAmIAsync("/health/probe/", "192.0.2.9", ("Host", host))).StatusCode);
    }

    [Theory]
    [InlineData("maydon.test", "maydon.test")]
    [InlineData("maydon.test:443", "maydon.test:443")]
    [InlineData("maydon.test:4711", "maydon.test")]
    [InlineData("a.square.test:80", "a.square.test")]
    public async Task Links_lead_to_no_port_that_only_the_caller_knows(string host, string believed)
    {
        using var response = await WhoAmIAsync("/api/probe/whoami/", "127.0.0.1", ("Host", host), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(believed, (await response.ReadAsync()).GetProperty("host").GetString());
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_protect_a_browser()
    {
        foreach (var (path, status) in new[] { ("/api/probe/", HttpStatusCode.OK), ("/api/nothing/", HttpStatusCode.NotFound), ("/api/probe/throws/bug/", HttpStatusCode.InternalServerError) })
        {
            using var response = await WhoAmIAsync(path, "127.0.0.1", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
            Assert.Equal("DENY", response.Header("X-Frame-Options"));
            Assert.Equal("same-origin", response.Header("Referrer-Policy"));
            Assert.Contains("camera=()", response.Header("Permissions-Policy"), StringComparison.Ordinal);
            Assert.Contains("default-src 'self'", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("max-age=31536000", response.Header("Strict-Transport-Security"));
            Assert.Equal("uz", response.Content.Headers.ContentLanguage.Single());
        }
    }

    [Fact]
    public async Task Nothing_internal_shows_outside_of_DEBUG()
    {
        using var response = await WhoAmIAsync("/api/probe/throws/bug/", "127.0.0.1", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
        var body = await response.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "server_error");
        Assert.DoesNotContain("secret internals", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/probe/?kind=%00")]
    [InlineData("/api/probe/?kind=%C3%28")]
    [InlineData("/api/probe/?%ED%A0%80=1")]
    public async Task An_address_that_cannot_be_read_is_refused(string path)
    {
        using var response = await WhoAmIAsync(path, "127.0.0.1", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_characters");
    }

    [Theory]
    [InlineData("/api/probe/?other=%D0%BC%D1%8B%F0%9F%98%80")]
    [InlineData("/api/probe/?other=100%&x=%zz%4")]
    public async Task An_address_that_can_be_read_is_served(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await WhoAmIAsync(path, "127.0.0.1", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"))).StatusCode);

    [Fact]
    public async Task Without_trusted_proxies_nobody_is_believed()
    {
        await using var alone = new ProbeServer(postgres);
        await alone.StartAsync(settings => settings with { TrustedProxies = [] });
        using var response = await alone.SendFromAsync("127.0.0.1", "/api/probe/whoami/", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"));
        Assert.Equal("{\"address\":\"127.0.0.1\",\"scheme\":\"http\",\"host\":\"localhost:8000\"}", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task To_an_https_address_that_nobody_has_named_nobody_is_sent_for_good()
    {
        await using var alone = new ProbeServer(postgres);
        await alone.StartAsync(settings => settings with { Debug = false, PublicUrl = new Uri("http://localhost:8000") });
        using var response = await alone.SendFromAsync("127.0.0.1", "/api/probe/whoami/");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("https://localhost/api/probe/whoami/", response.Headers.Location?.OriginalString);
    }

    private Task<HttpResponseMessage> WhoAmIAsync(string path, string peer, params (string Name, string Value)[] headers) => production.Probe.SendFromAsync(peer, path, headers);
}
