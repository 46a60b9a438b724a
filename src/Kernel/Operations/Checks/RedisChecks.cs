using System.Diagnostics;
using System.Globalization;
using System.Net;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Settings;
using StackExchange.Redis;

namespace Maydon.Kernel.Operations.Checks;

/// <summary>What a look at a Redis that there is not comes to, and how its settings are read.</summary>
internal static class RedisLook
{
    public static readonly CheckResult None = CheckResult.Passed("REDIS_URL is not set: one node needs no Redis.");
    public static readonly CheckResult Away = CheckResult.Unknown("Redis does not answer: see redis.reachable.");

    /// <summary>Null when Redis does not tell: a hosted one often keeps its settings to itself.</summary>
    public static async Task<string?> ReadSettingAsync(RedisConnection redis, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (RedisValue[])(await redis.RunAsync("CONFIG", cancellationToken, "GET", name))! is [_, var value] ? (string?)value : null;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}

internal sealed class RedisReachableCheck(RedisConnection? redis = null) : ICheck
{
    public string Code => "redis.reachable";
    public Severity Severity => Severity.Error;
    public string? HealthKey => redis is null ? null : "redis";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
            return RedisLook.None;
        var since = Stopwatch.GetTimestamp();
        try
        {
            await redis.RunAsync("PING", cancellationToken);
            return CheckResult.Passed(string.Create(CultureInfo.InvariantCulture, $"Redis answers in {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms."));
        }
        catch (RedisUnavailableException)
        {
            if (await redis.FindRefusalAsync(cancellationToken) is { } refusal)
                return CheckResult.Failed($"{refusal}: carts cannot be opened, and each node counts requests for itself.", "Put the password of requirepass in redis.conf into REDIS_URL, percent-encoded.");
            return CheckResult.Failed(
                "Redis does not answer: carts cannot be opened, and each node counts requests for itself.", "Start Redis and check REDIS_URL; the server's log has the reason.");
        }
    }
}

internal sealed class RedisEvictionCheck(RedisConnection? redis = null) : ICheck
{
    public string Code => "redis.eviction";
    public Severity Severity => Severity.Error;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
            return RedisLook.None;
        try
        {
            return await RedisLook.ReadSettingAsync(redis, "maxmemory-policy", cancellationToken) switch
            {
                null => CheckResult.Unknown("Redis does not tell its maxmemory-policy."),
                "noeviction" => CheckResult.Passed("Redis refuses what it has no room for and throws nothing away."),
                var policy => CheckResult.Failed($"Redis throws carts away when it is full: maxmemory-policy is {policy}.", "Set maxmemory-policy noeviction in redis.conf."),
            };
        }
        catch (RedisUnavailableException)
        {
            return RedisLook.Away;
        }
    }
}

internal sealed class RedisPersistenceCheck(RedisConnection? redis = null) : ICheck
{
    public string Code => "redis.persistence";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
            return RedisLook.None;
        try
        {
            var log = await RedisLook.ReadSettingAsync(redis, "appendonly", cancellationToken);
            if (log == "yes")
                return CheckResult.Passed("Redis writes down what changes: carts outlive its restart.");
            return await RedisLook.ReadSettingAsync(redis, "save", cancellationToken) switch
            {
                null => CheckResult.Unknown("Redis does not tell how it keeps its data."),
                "" => CheckResult.Failed("Redis keeps nothing on disk: its restart empties every cart.", "Set appendonly yes in redis.conf."),
                _ => CheckResult.Failed("Redis writes to disk now and then only: a crash empties the carts of the last minutes.", "Set appendonly yes in redis.conf."),
            };
        }
        catch (RedisUnavailableException)
        {
            return RedisLook.Away;
        }
    }
}

internal sealed class RedisPasswordCheck(MaydonSettings settings) : ICheck
{
    public string Code => "redis.password";
    public Severity Severity => Severity.Error;
    public bool ForDeployment => true;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private CheckResult Look()
    {
        if (settings.RedisUrl is not { } address)
            return RedisLook.None;
        if (RedisAddress.HasPassword(address))
            return CheckResult.Passed("Redis is asked with a password.");
        return address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))
            ? CheckResult.Passed("Redis is on this machine.")
            : CheckResult.Failed("Redis is asked over the network without a password: whoever reaches it reads and writes every cart.", "Set requirepass in redis.conf and put the password into REDIS_URL.");
    }
}
