using System.Net;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

public sealed class OneNodeThrottleTest(ThrottleTest.Throttled throttled) : ThrottleTest(throttled), IClassFixture<ThrottleTest.Throttled>;

public sealed class SharedThrottleTest(ThrottleTest.SharedThrottled throttled) : ThrottleTest(throttled), IClassFixture<ThrottleTest.SharedThrottled>;

/// <summary>How often somebody may ask, counted by one node or in Redis.</summary>
public abstract class ThrottleTest(ThrottleTest.Throttled throttled) : IAsyncLifetime
{
    public sealed class SharedThrottled(TestPostgres postgres, RedisServer redis) : Throttled(postgres)
    {
        private Uri? _address;

        public override async ValueTask InitializeAsync()
        {
            _address = await redis.AddressAsync();
            await StartAsync(_address);
        }

        public override async Task AdvanceAsync(TimeSpan by)
        {
            await base.AdvanceAsync(by);
            await redis.AdvanceAsync(_address!, by);
        }
    }

    public class Throttled(TestPostgres postgres) : IAsyncLifetime
    {
        private static readonly ThrottleSettings s_few = new()
        {
            Anon = new Rate(2, TimeSpan.FromHours(1)),
            AnonDefault = new Rate(3, TimeSpan.FromMinutes(1)),
            User = new Rate(4, TimeSpan.FromHours(1)),
            UserDefault = new Rate(5, TimeSpan.FromMinutes(1)),
        };

        public ProbeServer Probe { get; } = new(postgres);

        public virtual async ValueTask InitializeAsync() => await StartAsync(redis: null);

        public virtual Task AdvanceAsync(TimeSpan by)
        {
            Probe.Server.Clock.Advance(by);
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await Probe.DisposeAsync();
            GC.SuppressFinalize(this);
        }

        protected Task StartAsync(Uri? redis) => Probe.StartAsync(settings => settings with { Throttles = s_few, TrustedProxies = ["127.0.0.1"], RedisUrl = redis });
    }

    private readonly ProbeServer _probe = throttled.Probe;

    /// <summary>Every test begins with windows of its own.</summary>
    public async ValueTask InitializeAsync() => await throttled.AdvanceAsync(TimeSpan.FromHours(1));

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(null, "/api/probe/", 3, 60)]
    [InlineData(null, "/api/v1/probe/", 2, 3600)]
    [InlineData(6L, "/api/probe/", 5, 60)]
    [InlineData(6L, "/api/v1/probe/", 4, 3600)]
    public async Task Everybody_has_so_many_per_window(long? user, string path, int limit, int seconds)
    {
        var client = _probe.CreateClient(user);
        for (var i = 0; i < limit; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
        using var refused = await client.GetAsync(path);
        var body = await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
        Assert.EndsWith($" {seconds / 60} daqiqadan keyin qayta urinib koʻring.", body.GetProperty("detail").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, seconds - 10, seconds);
        Assert.Equal(HttpStatusCode.OK, (await _probe.CreateClient(user: 7).GetAsync(path)).StatusCode);

        await throttled.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Health_is_never_throttled()
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await _probe.CreateClient().GetAsync("/health/probe/")).StatusCode);
    }

    [Fact]
    public async Task Guessing_tokens_is_limited()
    {
        var client = _probe.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "guess");
        for (var i = 0; i < 3; i++)
            await (await client.GetAsync("/api/probe/")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        await (await client.GetAsync("/api/probe/")).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9", true)]
    [InlineData("203.0.113.9", "203.0.113.10", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", true)]
    public async Task An_address_is_one_IPv4_or_one_IPv6_network(string one, string other, bool same)
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await FromAsync(one)).StatusCode);
        Assert.Equal(same ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK, (await FromAsync(other)).StatusCode);
    }

    private Task<HttpResponseMessage> FromAsync(string address) => _probe.SendFromAsync("127.0.0.1", "/api/probe/", ("X-Forwarded-For", address));
}
