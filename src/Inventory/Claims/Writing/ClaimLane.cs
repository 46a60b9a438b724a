using System.Threading.Channels;

namespace Maydon.Inventory.Claims.Writing;

/// <summary>Callers in order of arrival. Bounded: beyond it they are told to come back rather than kept waiting.</summary>
internal sealed class ClaimLane(int capacity)
{
    private readonly Channel<WaitingClaim> _waiting = Channel.CreateBounded<WaitingClaim>(new BoundedChannelOptions(capacity) { SingleReader = true });

    public int Count => _waiting.Reader.Count;

    public bool TryAdd(WaitingClaim claim) => _waiting.Writer.TryWrite(claim);

    public void Close() => _waiting.Writer.TryComplete();

    /// <summary>False once it is closed and empty.</summary>
    public ValueTask<bool> WaitAsync() => _waiting.Reader.WaitToReadAsync(CancellationToken.None);

    /// <summary>Everybody who waits, up to <paramref name="limit"/>, in order of arrival; who has gone meanwhile is left out.</summary>
    public List<WaitingClaim> Drain(int limit)
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
