namespace Maydon.Kernel.Caching;

/// <summary>
/// Where searches wait for the database. A word that every text seems to have may keep it busy for seconds; however many are looked for,
/// they get so many connections and no more, and whoever comes when the queue is long is sent away: everything else goes on.
/// </summary>
public sealed class SearchQueue : IDisposable
{
    public static readonly int AtOnce = Math.Max(2, Environment.ProcessorCount / 2);
    public const int Waiting = 30;

    private readonly SemaphoreSlim _places = new(AtOnce);
    private int _people;

    /// <summary>Null when too many wait already; else lets the next in when it is disposed.</summary>
    public async Task<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _people) > AtOnce + Waiting)
        {
            Interlocked.Decrement(ref _people);
            return null;
        }

        try
        {
            await _places.WaitAsync(cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _people);
            throw;
        }

        return new Place(this);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SearchQueue queue) : IDisposable
    {
        public void Dispose()
        {
            queue._places.Release();
            Interlocked.Decrement(ref queue._people);
        }
    }
}
