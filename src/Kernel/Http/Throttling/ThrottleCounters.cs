using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Http.Throttling;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Settings;
using StackExchange.Redis;

namespace Maydon.Kernel.Http;

/// <summary>
/// Counts what may happen only so often, per scope and key, in fixed windows: in Redis for all nodes together, or, where there is none and
/// while it is away, in this node's memory and in bounded space.
/// </summary>
public sealed class ThrottleCounters(TimeProvider clock, RedisConnection? redis = null)
{
    private static readonly RedisScript s_hit = new(
        """
        local n = redis.call('INCR', KEYS[1])
        if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        if n <= tonumber(ARGV[1]) then return -1 end
        redis.call('DECR', KEYS[1])
        return redis.call('PTTL', KEYS[1])
        """);

    private static readonly RedisScript s_refund = new(
        """
        if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then redis.call('DECR', KEYS[1]) end
        """);

    private static readonly RedisScript s_reset = new("redis.call('DEL', KEYS[1])");

    private readonly ConcurrentDictionary<string, ThrottleScope> _scopes = new(StringComparer.Ordinal);

    /// <summary>Counts one and returns null, or, when the limit is reached, counts nothing and returns how long to wait.</summary>
    public ValueTask<TimeSpan?> HitAsync(string scope, string key, Rate rate, CancellationToken cancellationToken) => HitAsync(scope, Short(key), rate, cancellationToken);

    /// <summary>Takes back one that was counted before it was known to be harmless. Its window goes on.</summary>
    public ValueTask RefundAsync(string scope, string key, CancellationToken cancellationToken)
    {
        Scope(scope).Refund(Short(key));
        return ChangeAsync(s_refund, scope, key, cancellationToken);
    }

    /// <summary>Forgets everything counted under the key.</summary>
    public ValueTask ResetAsync(string scope, string key, CancellationToken cancellationToken)
    {
        Scope(scope).Reset(Short(key));
        return ChangeAsync(s_reset, scope, key, cancellationToken);
    }

    internal ValueTask<TimeSpan?> HitAsync(string scope, UInt128 key, Rate rate, CancellationToken cancellationToken) =>
        redis is null ? new(Hit(scope, key, rate)) : HitSharedAsync(redis, scope, key, rate, cancellationToken);

    internal TimeSpan? Hit(string scope, UInt128 key, Rate rate) => Scope(scope).Count(key, rate, clock.GetUtcNow());

    internal int Size(string scope) => Scope(scope).Size;

    private async ValueTask<TimeSpan?> HitSharedAsync(RedisConnection shared, string scope, UInt128 key, Rate rate, CancellationToken cancellationToken)
    {
        try
        {
            var wait = (long)await shared.RunAsync(s_hit, [SharedKey(scope, key)], [rate.Limit, (long)rate.Window.TotalMilliseconds], cancellationToken);
            return wait < 0 ? null : TimeSpan.FromMilliseconds(wait);
        }
        catch (RedisUnavailableException)
        {
            // Health says so. What is counted here until it is back is forgotten then.
            return Hit(scope, key, rate);
        }
    }

    private async ValueTask ChangeAsync(RedisScript script, string scope, string key, CancellationToken cancellationToken)
    {
        if (redis is null)
            return;
        try
        {
            await redis.RunAsync(script, [SharedKey(scope, Short(key))], [], cancellationToken);
        }
        catch (RedisUnavailableException)
        {
            // Changed in this node's memory, which is what counts meanwhile.
        }
    }

    private static RedisKey SharedKey(string scope, UInt128 key) => string.Create(CultureInfo.InvariantCulture, $"maydon:throttle:{scope}:{key:x}");

    private ThrottleScope Scope(string name) => _scopes.GetOrAdd(name, _ => new ThrottleScope());

    // Whatever the length of the key, its place is the same size, and nobody can find two keys that share one.
    private static UInt128 Short(string key) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
