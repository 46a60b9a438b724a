using Maydon.Inventory.Claims.Writing;
using Npgsql;

namespace Maydon.Inventory.Claims;

/// <summary>
/// A module's way to claims of one kind: it names the pools a request is about and, batch by batch, decides the requests and writes
/// its own rows in the claims' transaction. One instance serves all requests. Everything that may follow on another within a batch
/// (taking a seat, giving it back) belongs to one handler, so that the later decision sees the earlier one.
/// </summary>
public abstract class ClaimHandler<TRequest, TResult>(ClaimQueue queue) : IClaimHandler where TRequest : notnull
{
    /// <summary>
    /// Waits in the queue, is decided with whoever waits at the same moment, and answers after the commit. When
    /// <paramref name="aborted"/> fires before the decision began, nothing happens.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public Task<ClaimAnswer<TResult>> SubmitAsync(TRequest request, CancellationToken aborted)
    {
        var waiting = new WaitingClaim<TRequest, TResult>(this, request, aborted);
        return queue.TryAdd(waiting) ? waiting.Answered : Task.FromResult(new ClaimAnswer<TResult>(true, default));
    }

    /// <summary>The kind of all claims it takes, if it takes any.</summary>
    public abstract string ClaimKind { get; }

    /// <summary>
    /// The request that ends a hold whose time is over (<see cref="ClaimDesk.ReleaseIfDue"/>) with all that hangs on it. Without holds there is none.
    /// </summary>
    protected virtual TRequest ExpiryOf(DueHold hold) => throw new NotSupportedException($"Claims of the kind {ClaimKind} are never held.");

    /// <summary>Every pool that deciding this request may read, take from or give back to.</summary>
    public abstract IEnumerable<PoolKey> PoolsOf(TRequest request);

    /// <summary>A fresh round for these requests of one batch; a batch that failed is tried again with new rounds.</summary>
    public abstract ClaimRound<TRequest, TResult> BeginRound(IReadOnlyList<TRequest> requests);

    Task IClaimHandler.ExpireAsync(DueHold hold, CancellationToken cancellationToken) => SubmitAsync(ExpiryOf(hold), cancellationToken);

    ClaimRound IClaimHandler.BeginRound(List<WaitingClaim> members)
    {
        var requests = new TRequest[members.Count];
        for (var i = 0; i < requests.Length; i++)
            requests[i] = ((WaitingClaim<TRequest, TResult>)members[i]).Request;
        var round = BeginRound(requests);
        foreach (var member in members)
            ((WaitingClaim<TRequest, TResult>)member).Round = round;
        return round;
    }
}

/// <summary>What became of a request: decided, or not decided now.</summary>
/// <param name="IsUnavailable">
/// The queue is full, the server stops, or the database went away. In the last case the outcome may be unknown: the caller repeats
/// the request, and finds what is stored.
/// </param>
/// <param name="Result">The module's decision, when there is one.</param>
public sealed record ClaimAnswer<TResult>(bool IsUnavailable, TResult? Result);

/// <summary>A hold that nobody confirmed, extended or released in time, and the pools it took from.</summary>
public sealed record DueHold(long ClaimId, IReadOnlyList<PoolKey> Pools);

/// <summary>What the writer sees of a handler, without its types.</summary>
internal interface IClaimHandler
{
    string ClaimKind { get; }

    Task ExpireAsync(DueHold hold, CancellationToken cancellationToken);

    ClaimRound BeginRound(List<WaitingClaim> members);
}

/// <summary>One module's share of one batch: reads under the pools' locks, decisions in order of arrival, writes before the commit.</summary>
public abstract class ClaimRound
{
    /// <summary>Adds the module's own reads to the trip that locks the pools; they see everything committed before the locks.</summary>
    public abstract void AddReads(ClaimReads reads);

    /// <summary>
    /// A query with one column, the ids of existing claims that this round may confirm, extend or release; null for none. Their pools
    /// must be among those the requests name.
    /// </summary>
    public virtual NpgsqlBatchCommand? ClaimsToLoad() => null;

    /// <summary>Adds the module's rows: the claims' and the ledger's are added before.</summary>
    public abstract void AddWrites(NpgsqlBatchCommandCollection writes);

    /// <summary>Called after the commit and before anybody is answered: the place to stamp caches.</summary>
    public virtual Task CommittedAsync() => Task.CompletedTask;
}

/// <inheritdoc cref="ClaimRound"/>
public abstract class ClaimRound<TRequest, TResult> : ClaimRound
{
    /// <summary>
    /// Where locked rows are passed over (<see cref="ClaimReads.SkipsLocked"/>): whether this request needs one of them. It is not decided then, and its caller
    /// comes back later.
    /// </summary>
    public virtual bool LeavesOut(TRequest request) => false;

    /// <summary>Decides one request from what was read and what earlier requests of the batch decided. Takes at most one claim.</summary>
    public abstract TResult Decide(TRequest request, ClaimDesk desk);
}
