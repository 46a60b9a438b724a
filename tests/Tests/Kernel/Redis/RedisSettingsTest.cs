using Maydon.Kernel.Operations;
using Maydon.Kernel.Operations.Checks;
using Maydon.Kernel.Redis;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Redis;

public sealed class RedisSettingsTest(TestPostgres postgres)
{
    [Theory]
    [InlineData("redis://host", null, 6379, 0)]
    [InlineData("redis://:p%40ss@10.0.0.5:7000/3", "p@ss", 7000, 3)]
    [InlineData("redis://default:secret@[::1]/", "secret", 6379, 0)]
    public void An_address_is_understood(string address, string? password, int port, int database)
    {
        Assert.Null(RedisAddress.Fault(address, out var url));
        var options = RedisAddress.ToOptions(url!);
        Assert.Equal((password, database), (options.Password, options.DefaultDatabase!.Value));
        Assert.EndsWith($":{port}", Assert.Single(options.EndPoints).ToString(), StringComparison.Ordinal);
        Assert.False(options.AbortOnConnectFail);
    }

    [Theory]
    [InlineData("rediss://:secret@host", "TLS")]
    [InlineData("redis://worker:secret@host", "names a user")]
    [InlineData("redis://secret@host", "names a user")]
    [InlineData("redis://host/one", "cannot be understood")]
    [InlineData("http://host", "cannot be understood")]
    [InlineData("redis://host/0?x=secret", "cannot be understood")]
    [InlineData("secret", "cannot be understood")]
    [InlineData("redis://:sec/secret@host:6379", "percent-encoded")]
    public void What_the_client_cannot_do_is_refused_without_the_password(string address, string because)
    {
        var fault = RedisAddress.Fault(address, out var url);
        Assert.Null(url);
        Assert.Contains(because, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checks_say_what_would_lose_carts()
    {
        await using var redis = RedisServer.With("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru");
        await using var server = new TestServer(postgres);
        var address = await redis.AddressAsync();
        await server.StartAsync(settings => settings with { RedisUrl = address });
        Assert.Equal(["redis.reachable Passed", "redis.eviction Failed", "redis.persistence Failed", "redis.password Passed"], await CheckAsync(server));

        await using var sound = RedisServer.With("--appendonly", "yes");
        await using var other = new TestServer(postgres);
        var second = await sound.AddressAsync();
        await other.StartAsync(settings => settings with { RedisUrl = second });
        Assert.Equal(["redis.reachable Passed", "redis.eviction Passed", "redis.persistence Passed", "redis.password Passed"], await CheckAsync(other));

        await redis.KillAsync();
        Assert.Equal(["redis.reachable Failed", "redis.eviction Unknown", "redis.persistence Unknown", "redis.password Passed"], await CheckAsync(server));
    }

    [Theory]
    [InlineData("", "Redis asks for a password, and REDIS_URL has none (NOAUTH)")]
    [InlineData(":a-wrong-one@", "Redis refuses the password of REDIS_URL (WRONGPASS)")]
    [InlineData(":a-right%20%23one@", null)]
    public async Task A_password_that_is_wrong_or_missing_is_told_and_not_shown(string password, string? told)
    {
        await using var redis = RedisServer.With("--requirepass", "a-right #one");
        var address = await redis.AddressAsync();
        await using var server = new TestServer(postgres);
        using var log = new OverheardLog();
        await server.StartAsync(settings => settings with { RedisUrl = new Uri($"redis://{password}{address.Authority}{address.AbsolutePath}") }, customise: builder => builder.Logging.AddProvider(log));
        using var guest = server.CreateClient();
        (await guest.GetAsync("/api/v1/")).Dispose();

        var result = Assert.Single(await server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code == "redis.reachable", CancellationToken.None)).Result;

        Assert.Equal(told is null ? CheckStatus.Passed : CheckStatus.Failed, result.Status);
        if (told is null)
            return;
        Assert.StartsWith(told, result.Found, StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.Contains(told, StringComparison.Ordinal));
        Assert.DoesNotContain("a-wrong-one", string.Concat(log.Lines) + result.Found + result.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_asked_for_where_the_network_lies_between()
    {
        foreach (var (address, status) in new[] { ("redis://10.0.0.5", CheckStatus.Failed), ("redis://:secret@10.0.0.5", CheckStatus.Passed), ("redis://[::1]:7000", CheckStatus.Passed) })
            Assert.Equal(status, (await new RedisPasswordCheck(TestServer.Settings("/nowhere") with { RedisUrl = new Uri(address) }).RunAsync(CancellationToken.None)).Status);
    }

    private static async Task<List<string>> CheckAsync(TestServer server) =>
        [.. (await server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code.StartsWith("redis.", StringComparison.Ordinal), CancellationToken.None))
            .Select(outcome => $"{outcome.Code} {outcome.Result.Status}")];
}
