using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Http.Throttling;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Http;

/// <summary>Counts what may happen only so often, per scope and key, in fixed windows, in this node's memory and in bounded space.</summary>
public sealed class ThrottleCounters(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ThrottleScope> _scopes = new(StringComparer.Ordinal);

    /// <summary>Counts one and returns null, or, when the limit is reached, counts nothing and returns how long to wait.</summary>
    public ValueTask<TimeSpan?> HitAsync(string scope, string key, Rate rate, CancellationToken cancellationToken) => ValueTask.FromResult(Hit(scope, Short(key), rate));

    /// <summary>Takes back one that was counted before it was known to be harmless. Its window goes on.</summary>
    public ValueTask RefundAsync(string scope, string key, CancellationToken cancellationToken)
    {
        Scope(scope).Refund(Short(key));
        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets everything counted under the key.</summary>
    public ValueTask ResetAsync(string scope, string key, CancellationToken cancellationToken)
    {
        Scope(scope).Reset(Short(key));
        return ValueTask.CompletedTask;
    }

    internal TimeSpan? Hit(string scope, UInt128 key, Rate rate) => Scope(scope).Count(key, rate, clock.GetUtcNow());

    internal int Size(string scope) => Scope(scope).Size;

    private ThrottleScope Scope(string name) => _scopes.GetOrAdd(name, _ => new ThrottleScope());

    // Whatever the length of the key, its place is the same size, and nobody can find two keys that share one.
    private static UInt128 Short(string key) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
