using System.Threading.Channels;
using Maydon.Inventory.Claims.Writing;

namespace Maydon.Inventory.Claims;

/// <summary>Where claims wait for the writer. Bounded: beyond it callers are told to come back rather than kept waiting.</summary>
public sealed class ClaimQueue
{
    /// <summary>How long a refused caller should stay away: a full queue is worked off in less.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<WaitingClaim> _waiting;
    private bool _isOpen;

    internal ClaimQueue(ClaimQueueOptions options) =>
        _waiting = Channel.CreateBounded<WaitingClaim>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });

    internal int Count => _waiting.Reader.Count;

    /// <summary>False when it is full or nobody works it off.</summary>
    internal bool TryAdd(WaitingClaim claim) => Volatile.Read(ref _isOpen) && _waiting.Writer.TryWrite(claim);

    internal void Open() => Volatile.Write(ref _isOpen, true);

    /// <summary>From now on nobody is let in.</summary>
    internal void Close() => _waiting.Writer.TryComplete();

    /// <summary>False once it is closed and empty.</summary>
    internal ValueTask<bool> WaitAsync() => _waiting.Reader.WaitToReadAsync(CancellationToken.None);

    /// <summary>Everybody who waits, up to <paramref name="limit"/>, in order of arrival; who has gone meanwhile is left out.</summary>
    internal List<WaitingClaim> Drain(int limit)
    {
        var batch = new List<WaitingClaim>(Math.Min(limit, Count));
        var gone = new List<WaitingClaim>();
        while (batch.Count < limit && _waiting.Reader.TryRead(out var claim))
        {
            if (claim.Aborted.IsCancellationRequested)
            {
                claim.Failure = new OperationCanceledException(claim.Aborted);
                gone.Add(claim);
            }
            else
            {
                batch.Add(claim);
            }
        }

        WaitingClaim.Answer(gone);
        return batch;
    }
}

/// <param name="Capacity">Callers that may wait at once.</param>
/// <param name="BatchLimit">Requests decided in one transaction.</param>
internal sealed record ClaimQueueOptions(int Capacity = 5_000, int BatchLimit = 256)
{
    /// <summary>
    /// How long a batch waits for a pool that somebody else has locked. Another node's writer gives it back within milliseconds; longer
    /// is an organiser's large change or an operator's open transaction, and must not hold up everybody else's claims.
    /// </summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(2);
}
