using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Maydon.Kernel.Caching;

/// <summary>What was read, and what it depends on. What is written of the module always makes it stale.</summary>
/// <param name="Size">In bytes, about.</param>
/// <param name="Until">The first moment at which it is no longer true even if nobody writes anything.</param>
/// <param name="SubjectIds">The things whose levels it shows, such as events by their seats.</param>
public sealed record Fresh<T>(T Value, long Size, DateTimeOffset Until, long[]? SubjectIds = null)
{
    /// <summary>From then on somebody reads it anew, and the others need not wait for that: they are given this one <see cref="Until"/> its end.</summary>
    public DateTimeOffset RenewAt { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Some may be shown more than this.</summary>
    public bool ForStrangers { get; init; }

    /// <summary>Browsers keep nothing of it either, such as names and telephones.</summary>
    public bool IsConfidential { get; init; }

    /// <summary>Of a thing that is changed with <c>If-Match</c>: in front in its entity tag.</summary>
    public string? Version { get; init; }
}

/// <summary>
/// Reads kept in memory up to so many bytes, never older than what is committed on this node, but for those with a <see cref="Fresh{T}.RenewAt"/>,
/// which may be as old as their <c>Until</c> allows; and never older than a minute, should a signal from another node be lost. However many
/// callers miss at once, the reading is done by one of them.
/// </summary>
public sealed class StampedCache<T>(long sizeLimit, ReadStamps stamps, TimeProvider clock) : IDisposable where T : class
{
    // Bounds what a signal lost between two nodes can do.
    private static readonly TimeSpan s_oldest = TimeSpan.FromMinutes(1);

    // By then somebody reads it anew, and nobody else waits: else all readers of what takes long would, once a minute.
    private static readonly TimeSpan s_renewed = s_oldest / 2;

    private const int Overhead = 400;

    private readonly MemoryCache _entries = new(Options.Create(new MemoryCacheOptions { SizeLimit = sizeLimit, CompactionPercentage = 0.1 }));
    private readonly KeyedGate _gate = new();

    private sealed record Entry(Fresh<T> Read, ReadMark Mark, DateTimeOffset At)
    {
        public DateTimeOffset RenewAt { get; } = Read.RenewAt - At < s_renewed ? Read.RenewAt : At + s_renewed;
    }

    /// <summary>As far as this node knows: see <see cref="ReadStamps.CatchUpAsync"/>.</summary>
    public T? Find(string key)
    {
        var now = clock.GetUtcNow();
        return _entries.Get<Entry>(key) is { } entry && InTime(entry, now) && IsUnchanged(entry) && (now < entry.RenewAt || _gate.IsTaken(key)) ? entry.Read.Value : null;
    }

    /// <summary>
    /// What is kept if it is at least as new as this call, else what <paramref name="read"/> returns. It is given what was kept before when
    /// nothing has been written since; what it returns null for is gone, and what was kept of it with it.
    /// </summary>
    public Task<T?> GetAsync(string key, Func<T?, CancellationToken, Task<Fresh<T>?>> read, CancellationToken cancellationToken) =>
        GetAsync(key, queue: null, read, cancellationToken);

    /// <summary>The same for what has to wait in a queue before it is read.</summary>
    /// <returns>Whoever is sent away is shown what is kept as long as that is good, for it was only to be renewed; else null.</returns>
    public async Task<T?> GetAsync(string key, SearchQueue? queue, Func<T?, CancellationToken, Task<Fresh<T>?>> read, CancellationToken cancellationToken)
    {
        await stamps.CatchUpAsync();
        if (Find(key) is { } kept)
            return kept;
        var (arrival, arrivedAt) = (stamps.Mark(), clock.GetUtcNow());
        using var turn = await _gate.EnterAsync(key, cancellationToken);
        var (entry, now) = (_entries.Get<Entry>(key), clock.GetUtcNow());
        // Whoever read after this call arrived has read for it, even if more has been written meanwhile, or it took long: a storm is read once a round.
        if (entry is not null && InTime(entry, now)
            && ((entry.Mark.IsAtLeast(arrival) && (now < entry.RenewAt || entry.At >= arrivedAt)) || (now < entry.RenewAt && IsUnchanged(entry))))
            return entry.Read.Value;
        using var place = queue is null ? null : await queue.EnterAsync(cancellationToken);
        if (queue is not null && place is null)
            return entry is not null && InTime(entry, clock.GetUtcNow()) && IsUnchanged(entry) ? entry.Read.Value : null;
        var mark = stamps.Mark();
        var previous = entry is not null && entry.Mark.Written == mark.Written ? entry : null;
        if (await read(previous?.Read.Value, cancellationToken) is not { } fresh)
        {
            // Or those who come while somebody else looks for it would be shown it still.
            _entries.Remove(key);
            return null;
        }

        _entries.Set(key, new Entry(fresh, mark, now), new MemoryCacheEntryOptions { Size = Overhead + (2 * key.Length) + fresh.Size });
        return fresh.Value;
    }

    public void Dispose() => _entries.Dispose();

    private static bool InTime(Entry entry, DateTimeOffset now) => now >= entry.At && now < entry.Read.Until && now - entry.At < s_oldest;

    private bool IsUnchanged(Entry entry) =>
        !stamps.WrittenSince(entry.Mark) && (entry.Read.SubjectIds is not { } ids || !stamps.LevelsChangedSince(entry.Mark, ids));
}
