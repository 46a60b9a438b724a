namespace Maydon.Inventory.Claims.Writing;

/// <summary>One caller who waits for a decision.</summary>
internal abstract class WaitingClaim(IClaimHandler handler, CancellationToken aborted)
{
    public IClaimHandler Handler { get; } = handler;
    public CancellationToken Aborted { get; } = aborted;

    public abstract IEnumerable<PoolKey> Pools { get; }

    public abstract void Decide(ClaimDesk desk);

    public abstract void Complete();

    public abstract void Refuse();

    public abstract void Drop();

    public abstract void Fail(Exception exception);
}

internal sealed class WaitingClaim<TRequest, TResult>(ClaimHandler<TRequest, TResult> handler, TRequest request, CancellationToken aborted)
    : WaitingClaim(handler, aborted) where TRequest : notnull
{
    // Continuations run elsewhere: the writer answers hundreds of callers and must not write their responses itself.
    private readonly TaskCompletionSource<ClaimAnswer<TResult>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    public TRequest Request { get; } = request;
    public ClaimRound<TRequest, TResult>? Round { get; set; }
    public Task<ClaimAnswer<TResult>> Answer => _answer.Task;

    public override IEnumerable<PoolKey> Pools => handler.PoolsOf(Request);

    public override void Decide(ClaimDesk desk) => _result = Round!.Decide(Request, desk);

    public override void Complete() => _answer.TrySetResult(new ClaimAnswer<TResult>(false, _result));

    public override void Refuse() => _answer.TrySetResult(new ClaimAnswer<TResult>(true, default));

    public override void Drop() => _answer.TrySetCanceled(Aborted);

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
