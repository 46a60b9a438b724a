using System.Collections.Concurrent;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace Maydon.Kernel.Redis;

/// <summary>
/// What the nodes have changed lately, in the order in which they told it, so that a node can ask before it answers from memory whether it
/// has heard of everything: the signals of PostgreSQL come a moment after the commit, this is there when the writer is answered. Without Redis,
/// and while it is away, there are the signals alone.
/// </summary>
public sealed class ChangeLog(RedisConnection? redis = null)
{
    // Who is further behind than this forgets everything instead.
    private const int Longest = 1024;

    private static readonly RedisKey[] s_keys = ["maydon:changes:at", "maydon:changes"];

    // An epoch is as old as the data: a Redis that was emptied, or is another one, has counted anew.
    private static readonly RedisScript s_tell = new(
        $$"""
        local epoch = redis.call('HGET', KEYS[1], 'epoch')
        if not epoch then
            epoch = ARGV[1]
            redis.call('HSET', KEYS[1], 'epoch', epoch)
            redis.call('DEL', KEYS[2])
        end
        for i = 2, #ARGV do redis.call('LPUSH', KEYS[2], ARGV[i]) end
        redis.call('LTRIM', KEYS[2], 0, {{Longest - 1}})
        return {epoch, redis.call('HINCRBY', KEYS[1], 'told', #ARGV - 1)}
        """);

    private static readonly RedisScript s_hear = new(
        """
        local at = redis.call('HMGET', KEYS[1], 'epoch', 'told')
        local epoch, told = at[1] or '', tonumber(at[2] or 0)
        local behind = told - tonumber(ARGV[2])
        if epoch ~= ARGV[1] or behind < 0 or behind > redis.call('LLEN', KEYS[2]) then return {epoch, told, 'missed'} end
        if behind == 0 then return {epoch, told, 'all'} end
        return {epoch, told, 'some', redis.call('LRANGE', KEYS[2], 0, behind - 1)}
        """);

    private readonly ConcurrentDictionary<string, Follower> _followers = new();
    private readonly Lock _changing = new();
    private readonly List<RedisValue> _untold = [];
    private SharedRounds? _telling;
    private SharedRounds? _hearing;
    private string _epoch = "";
    private long _heard;
    private bool _isLost = true;

    /// <param name="topic">Without a colon.</param>
    /// <param name="onChange">Called with what was told; must be quick.</param>
    /// <param name="missed">Called when anything may have changed.</param>
    public void Follow(string topic, Action<string> onChange, Action missed) => _followers[topic] = new Follower(onChange, missed);

    /// <summary>After the commit and before anybody is answered: from then on every node that asks has heard of it.</summary>
    public Task TellAsync(string topic, string payload)
    {
        if (redis is null)
            return Task.CompletedTask;
        lock (_changing)
        {
            _untold.Add($"{topic}:{payload}");
            _telling ??= new SharedRounds(TellAsync);
        }

        return _telling.NextAsync();
    }

    /// <summary>Returns when this node has heard of everything that was told before it asked, or Redis is away.</summary>
    public ValueTask CatchUpAsync()
    {
        if (redis is null)
            return ValueTask.CompletedTask;
        if (_hearing is null)
        {
            lock (_changing)
                _hearing ??= new SharedRounds(HearAsync);
        }

        return new(_hearing.NextAsync());
    }

    private async Task TellAsync()
    {
        RedisValue[] values;
        lock (_changing)
        {
            values = [RandomNumberGenerator.GetHexString(16), .. _untold];
            _untold.Clear();
        }

        if (values.Length == 1)
            return;
        try
        {
            var answer = (RedisResult[])(await redis!.RunAsync(s_tell, s_keys, values, CancellationToken.None))!;
            var (epoch, told) = ((string)answer[0]!, (long)answer[1]);
            lock (_changing)
            {
                // Nobody else has told anything in between: what this node has told, it knows.
                if (!_isLost && epoch == _epoch && _heard == told - (values.Length - 1))
                    _heard = told;
            }
        }
        catch (RedisUnavailableException)
        {
            // It is committed and the signals are on their way: the other nodes hear of it, if a moment later.
        }
    }

    private async Task HearAsync()
    {
        var (epoch, heard) = Position();
        try
        {
            var answer = (RedisResult[])(await redis!.RunAsync(s_hear, s_keys, [epoch, heard], CancellationToken.None))!;
            var known = (string)answer[2]! switch { "all" => [], "some" => (string[])answer[3]!, _ => null };
            var told = (long)answer[1];
            lock (_changing)
            {
                if (known is null || _isLost || epoch != _epoch)
                {
                    foreach (var follower in _followers.Values)
                        follower.Missed();
                    (_epoch, _heard, _isLost) = ((string)answer[0]!, told, false);
                    return;
                }

                for (var n = known.Length - 1; n >= 0; n--)
                    Deliver(known[n]);
                _heard = Math.Max(_heard, told);
            }
        }
        catch (RedisUnavailableException)
        {
            // What others tell from now on may never be heard of, should it come back with older data.
            lock (_changing)
                _isLost = true;
        }
    }

    private (string Epoch, long Heard) Position()
    {
        lock (_changing)
            return _isLost ? ("", -1) : (_epoch, _heard);
    }

    private void Deliver(string change)
    {
        var colon = change.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && _followers.TryGetValue(change[..colon], out var follower))
            follower.OnChange(change[(colon + 1)..]);
    }

    private sealed record Follower(Action<string> OnChange, Action Missed);
}
