namespace Maydon.Inventory.Claims.Writing;

/// <summary>One caller who waits for a decision.</summary>
internal abstract class WaitingClaim(IClaimHandler handler, CancellationToken aborted)
{
    public IClaimHandler Handler { get; } = handler;
    public CancellationToken Aborted { get; } = aborted;

    public abstract IEnumerable<PoolKey> Pools { get; }

    /// <summary>See <see cref="ClaimRound{TRequest, TResult}.LeavesOut"/>.</summary>
    public abstract bool IsLeftOut { get; }

    public abstract void Decide(ClaimDesk desk);

    /// <summary>Instead of a decision: come back later.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Instead of a decision.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The caller goes on here and now, as far as to the next wait.</summary>
    protected abstract void Answer();

    /// <summary>
    /// Tells the callers, on other threads: the writer must not write their responses itself. A few on each, one after the other, for
    /// to wake a thread costs more than to write a response.
    /// </summary>
    public static void Answer(List<WaitingClaim> members)
    {
        const int few = 16;
        foreach (var some in members.Chunk(few))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static some =>
                {
                    foreach (var member in some)
                        member.Answer();
                },
                some,
                preferLocal: false);
        }
    }
}

internal sealed class WaitingClaim<TRequest, TResult>(ClaimHandler<TRequest, TResult> handler, TRequest request, CancellationToken aborted)
    : WaitingClaim(handler, aborted) where TRequest : notnull
{
    private readonly TaskCompletionSource<ClaimAnswer<TResult>> _answer = new();

    public TRequest Request { get; } = request;
    public TResult? Result { get; private set; }
    public ClaimRound<TRequest, TResult>? Round { get; set; }
    public Task<ClaimAnswer<TResult>> Answered => _answer.Task;

    public override IEnumerable<PoolKey> Pools => handler.PoolsOf(Request);

    public override bool IsLeftOut => Round!.LeavesOut(Request);

    public override void Decide(ClaimDesk desk) => Result = Round!.Decide(Request, desk);

    protected override void Answer()
    {
        if (Failure is { } failure)
            _answer.SetException(failure);
        else
            _answer.SetResult(IsRefused ? new ClaimAnswer<TResult>(true, default) : new ClaimAnswer<TResult>(false, Result));
    }
}
