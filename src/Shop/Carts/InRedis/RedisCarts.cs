using System.Globalization;
using System.Security.Cryptography;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Redis;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;

namespace Maydon.Shop.Carts.InRedis;

internal enum PutRefusal
{
    /// <summary>More of one thing than the limit that was named.</summary>
    OverLimit,

    /// <summary>No further line has room.</summary>
    Full,
}

/// <summary>The cart as it is after the change, or why it stayed as it was.</summary>
internal sealed record CartChange(StoredCart? Cart, PutRefusal? Refusal);

/// <summary>
/// Carts that all nodes share: one hash per cart, one round trip per call. Redis forgets those that nobody touches. A change that is repeated
/// with its <c>Idempotency-Key</c>, because the transaction that keeps the answer was lost, is not done twice.
/// </summary>
internal sealed class RedisCarts(RedisConnection redis, IHttpContextAccessor accessor) : ICartStore
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<StoredCart>> FindAsync(IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken)
    {
        var carts = (RedisResult[])(await RunAsync(CartScripts.Find, [.. owners.Select(Key)], [Lifetime], cancellationToken))!;
        return [.. owners.Zip(carts, (owner, cart) => Read(owner, cart)).OfType<StoredCart>()];
    }

    /// <param name="adds">To what is in the cart; otherwise there is so much of it from now on. Nothing happens when that would be more than <paramref name="limit"/>.</param>
    public async Task<CartChange> PutAsync(CartOwner owner, CartLine line, int limit, bool adds, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(
            CartScripts.Put, [Key(owner), OnceKey(owner)],
            [Lifetime, line.VariantId, line.Quantity, Text(line.SeenPrice), limit, CartLimits.MostLines, NewRef(), adds ? 1 : 0, (long)IdempotencyStore.Lifetime.TotalMilliseconds],
            cancellationToken);
        return (RedisResult[])answer! switch
        {
            [var refusal] => new CartChange(Cart: null, (string)refusal! == "full" ? PutRefusal.Full : PutRefusal.OverLimit),
            _ => new CartChange(Read(owner, answer), Refusal: null),
        };
    }

    /// <summary>Takes the line out if it is there; null when there is no cart.</summary>
    public async Task<StoredCart?> RemoveAsync(CartOwner owner, long variantId, CancellationToken cancellationToken) =>
        Read(owner, await RunAsync(CartScripts.Remove, [Key(owner)], [Lifetime, variantId], cancellationToken));

    /// <summary>There is no cart any more; the next one has another <see cref="StoredCart.Ref"/>.</summary>
    public Task EmptyAsync(CartOwner owner, CancellationToken cancellationToken) => RunAsync(CartScripts.Empty, [Key(owner)], [], cancellationToken);

    public async Task<StoredCart?> MergeAsync(CartOwner guest, CartOwner user, IReadOnlyDictionary<long, int> limits, CancellationToken cancellationToken)
    {
        RedisValue[] values = [Lifetime, CartLimits.MostMerged, CartLimits.MostLines, CartLimits.MostOfOne, .. limits.SelectMany(limit => new RedisValue[] { limit.Key, limit.Value })];
        return Read(user, await RunAsync(CartScripts.Merge, [Key(guest), Key(user)], values, cancellationToken));
    }

    public bool AreEmptiedWithTheOrder => false;

    public Task ForgetAsync(StoredCart ordered, CancellationToken cancellationToken)
    {
        RedisValue[] values = [Text(ordered.Ref), NewRef(), .. ordered.Lines.SelectMany(line => new RedisValue[] { line.VariantId, line.Quantity })];
        return RunAsync(CartScripts.Forget, [Key(ordered.Owner)], values, cancellationToken);
    }

    private static RedisValue Lifetime => (long)CartLimits.Lifetime.TotalMilliseconds;

    private static RedisKey Key(CartOwner owner) => $"maydon:cart:{owner.Name}";

    /// <summary>Stands for this request under its key; for one without there is nothing but the cart.</summary>
    private RedisKey OnceKey(CartOwner owner) =>
        RepeatableRequest.Of(accessor.HttpContext) is { } request ? $"maydon:once:{request.Fingerprint}" : Key(owner);

    private static string NewRef() => Text(new Guid(RandomNumberGenerator.GetBytes(16)));

    private static string Text(Guid value) => value.ToString("N", CultureInfo.InvariantCulture);

    private static string Text(decimal price) => price.ToString(CultureInfo.InvariantCulture);

    /// <summary>From the fields and values of a cart's hash: <c>ref</c>, <c>merged</c> (refs with blanks between them) if it has any, and of each line <c>l:VARIANT</c> → <c>QUANTITY PRICE MICROSECONDS</c>.</summary>
    private static StoredCart? Read(CartOwner owner, RedisResult hash)
    {
        var fields = (RedisValue[])hash!;
        if (fields.Length == 0)
            return null;
        Guid? reference = null;
        Guid[] merged = [];
        var lines = new List<(CartLine Line, long At)>(fields.Length / 2);
        for (var n = 0; n < fields.Length; n += 2)
        {
            var (field, value) = ((string)fields[n]!, (string)fields[n + 1]!);
            if (field == "ref")
            {
                reference = Guid.ParseExact(value, "N");
                continue;
            }

            var parts = value.Split(' ');
            if (field == "merged")
            {
                merged = [.. parts.Select(part => Guid.ParseExact(part, "N"))];
                continue;
            }

            lines.Add((
                new CartLine(long.Parse(field.AsSpan(2), CultureInfo.InvariantCulture), int.Parse(parts[0], CultureInfo.InvariantCulture), decimal.Parse(parts[1], CultureInfo.InvariantCulture)),
                long.Parse(parts[2], CultureInfo.InvariantCulture)));
        }

        return new StoredCart(reference!.Value, owner, [.. lines.OrderBy(line => line.At).ThenBy(line => line.Line.VariantId).Select(line => line.Line)]) { Merged = merged };
    }

    private async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        try
        {
            return await redis.RunAsync(script, keys, values, cancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            throw new ServiceAwayException(Problem.Unavailable("carts_unavailable", s_retryAfter), e);
        }
    }
}
