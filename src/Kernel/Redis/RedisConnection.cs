using Maydon.Kernel.Settings;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Maydon.Kernel.Redis;

/// <summary>How long a call waits for Redis: the client library has no limit of its own for what is not awaited by a blocked thread.</summary>
public sealed record RedisPatience(TimeSpan Longest);

/// <summary>
/// The one connection to Redis that all requests of this node share. It never delays the start, comes back by itself, and no call waits
/// longer than <see cref="RedisPatience"/>: after one that did, the others are refused at once for a while. Registered only with <c>REDIS_URL</c>.
/// </summary>
public sealed class RedisConnection(MaydonSettings settings, RedisPatience patience, TimeProvider clock, ILogger<RedisConnection> logger) : IHostedService, IAsyncDisposable
{
    private readonly Lock _opening = new();
    private Task<ConnectionMultiplexer>? _opened;
    private long _openedAt;
    private long _silentSince;
    private int _isAway;

    private static TimeSpan Pause { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Runs the script in one round trip, mostly.</summary>
    /// <exception cref="RedisUnavailableException">It may have run or not.</exception>
    public Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        AskAsync(
            async database =>
            {
                try
                {
                    return await database.ScriptEvaluateAsync(script.Hash, keys, values);
                }
                catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
                {
                    // It was started anew, or somebody has flushed its scripts.
                    return await database.ExecuteAsync("EVAL", [script.Text, keys.Length, .. keys.Cast<object>(), .. values.Cast<object>()]);
                }
            }, cancellationToken);

    /// <summary>One plain command.</summary>
    /// <exception cref="RedisUnavailableException">It may have run or not.</exception>
    internal Task<RedisResult> RunAsync(string command, CancellationToken cancellationToken, params object[] arguments) =>
        AskAsync(database => database.ExecuteAsync(command, arguments), cancellationToken);

    /// <summary>Begins to connect.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = OpenAsync();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_opened is { IsCompletedSuccessfully: true } opened)
            await (await opened).CloseAsync(allowCommandsToComplete: false);
    }

    private async Task<RedisResult> AskAsync(Func<IDatabase, Task<RedisResult>> ask, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _silentSince) is not 0 and var since && clock.GetElapsedTime(since) < Pause)
            throw new RedisUnavailableException("Redis was too slow a moment ago.");
        try
        {
            var redis = await OpenAsync().WaitAsync(patience.Longest, cancellationToken);
            if (!redis.IsConnected)
                throw new RedisUnavailableException("There is no connection to Redis.");
            var answer = await ask(redis.GetDatabase()).WaitAsync(patience.Longest, cancellationToken);
            Volatile.Write(ref _silentSince, 0);
            if (Interlocked.Exchange(ref _isAway, 0) == 1)
                logger.LogInformation("Redis is back");
            return answer;
        }
        catch (TimeoutException e)
        {
            Volatile.Write(ref _silentSince, clock.GetTimestamp());
            throw await AwayAsync("no answer in time", e, cancellationToken);
        }
        // Whatever it refuses, loading or full, a cluster or without scripts: it is of no use now.
        catch (Exception e) when (e is RedisException or RedisCommandException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw await AwayAsync(e.Message.Split(['\n', ';'])[0], e, cancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            throw await AwayAsync(e.Message, e, cancellationToken);
        }
    }

    /// <summary>What Redis itself says of a password that is wrong or missing; null when it lets us in, or does not answer.</summary>
    internal async Task<string?> FindRefusalAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RedisRefusal.FindAsync(settings.RedisUrl!, cancellationToken).WaitAsync(patience.Longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Said once, however many ask meanwhile; whoever is the first waits for the reason.</summary>
    private async Task<RedisUnavailableException> AwayAsync(string reason, Exception cause, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            reason = await FindRefusalAsync(cancellationToken) ?? reason;
            logger.LogWarning("Redis cannot be used ({Reason}): carts answer 503, each node counts requests for itself, everything else goes on", reason);
        }

        return cause as RedisUnavailableException ?? new RedisUnavailableException(reason, cause);
    }

    /// <summary>Connected, or going on to try; what could not even begin (a name that is unknown) is begun again.</summary>
    private Task<ConnectionMultiplexer> OpenAsync()
    {
        if (Volatile.Read(ref _opened) is { IsCompletedSuccessfully: true } opened)
            return opened;
        lock (_opening)
        {
            if (_opened is null || ((_opened.IsFaulted || _opened.IsCanceled) && clock.GetElapsedTime(_openedAt) >= Pause))
                (_opened, _openedAt) = (ConnectAsync(), clock.GetTimestamp());
            return _opened;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        // The library looks names up before it awaits anything.
        await Task.Yield();
        var redis = await ConnectionMultiplexer.ConnectAsync(RedisAddress.ToOptions(settings.RedisUrl!));
        // What waits for one answer must not wait for what others do with theirs.
        redis.PreserveAsyncOrder = false;
        return redis;
    }
}
