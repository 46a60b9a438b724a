using System.Runtime.InteropServices;
using Maydon.Inventory.Claims.Writing;

namespace Maydon.Inventory.Claims;

/// <summary>So much of one pool.</summary>
public readonly record struct Taking(PoolKey Pool, int Quantity);

/// <summary>Either the new claim, or the first pool that had too little and what is left in it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TakeResult(long? ClaimId, PoolKey? Short, int Left);

public enum ClaimChange
{
    /// <summary>It is done now.</summary>
    Done,

    /// <summary>It was so before: repeating changes nothing.</summary>
    AlreadySo,

    /// <summary>The claim's state does not allow it: it is released, or was never held.</summary>
    NotPossible,

    /// <summary>There is no such claim.</summary>
    NotFound,
}

/// <summary>
/// Where a batch is decided: the locked pools and the claims on them, as they are in the database and as the decisions so far have
/// changed them. Nothing here is kept between batches.
/// </summary>
public sealed partial class ClaimDesk
{
    private readonly Dictionary<PoolKey, LockedPool> _poolsByKey = [];
    private readonly Dictionary<long, LockedPool> _poolsById = [];
    private readonly Dictionary<long, OpenClaim> _claims = [];
    private readonly IdStash _claimIds;

    // Whoever wanted a pool that was left out is not decided, so neither are claims on it.
    private readonly bool _leavesOutPools;

    internal ClaimDesk(DateTimeOffset now, IdStash claimIds, bool leavesOutPools) =>
        (Now, _claimIds, _leavesOutPools) = (now, claimIds, leavesOutPools);

    /// <summary>The time of the batch: what its rows carry.</summary>
    public DateTimeOffset Now { get; }

    internal IReadOnlyCollection<LockedPool> Pools => _poolsByKey.Values;
    internal IReadOnlyCollection<OpenClaim> Claims => _claims.Values;
    internal List<LedgerLine> Ledger { get; } = [];

    /// <summary>Null when there is no such pool.</summary>
    public PoolLevel? Level(PoolKey key) => _poolsByKey.TryGetValue(key, out var pool) ? new PoolLevel(pool.Capacity, pool.Taken) : null;

    /// <summary>Takes everything or nothing; confirmed at once, or held until <paramref name="heldUntil"/>.</summary>
    public TakeResult Take(string kind, Taking taking, string reason, DateTimeOffset? heldUntil = null) => Take(kind, [taking], reason, heldUntil);

    /// <inheritdoc cref="Take(string, Taking, string, DateTimeOffset?)"/>
    /// <param name="takings">The same pool may be named more than once.</param>
    public TakeResult Take(string kind, ReadOnlySpan<Taking> takings, string reason, DateTimeOffset? heldUntil = null)
    {
        var lines = new List<ClaimLine>(takings.Length);
        foreach (var taking in takings)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(taking.Quantity, nameof(takings));
            if (!_poolsByKey.TryGetValue(taking.Pool, out var pool))
                return new TakeResult(null, taking.Pool, 0);
            var same = lines.FindIndex(line => line.Pool == pool);
            var quantity = taking.Quantity + (same < 0 ? 0L : lines[same].Quantity);
            var fits = quantity <= pool.Left;
            IgnoreGuard("capacity", ref fits);
            if (!fits)
                return new TakeResult(null, taking.Pool, (int)pool.Left);
            if (same < 0)
                lines.Add(new ClaimLine(pool, (int)quantity));
            else
                lines[same] = new ClaimLine(pool, (int)quantity);
        }

        if (lines.Count == 0)
            throw new ArgumentException("A claim takes something.", nameof(takings));
        var claim = new OpenClaim(_claimIds.Next(), kind, heldUntil is null ? ClaimState.Confirmed : ClaimState.Held, heldUntil, isNew: true) { Lines = lines };
        _claims.Add(claim.Id, claim);
        foreach (var line in lines)
            Write(claim, line, LedgerEntry.Take, line.Quantity, reason);
        return new TakeResult(claim.Id, null, 0);
    }

    /// <summary>A hold becomes final. A hold past its time is still good as long as nobody has released it.</summary>
    public ClaimChange Confirm(long claimId)
    {
        if (!_claims.TryGetValue(claimId, out var claim))
            return ClaimChange.NotFound;
        if (claim.State != ClaimState.Held)
            return claim.State == ClaimState.Confirmed ? ClaimChange.AlreadySo : ClaimChange.NotPossible;
        claim.Change(ClaimState.Confirmed, expiresAt: null);
        return ClaimChange.Done;
    }

    /// <summary>A hold lasts until <paramref name="until"/>, and never shorter than before.</summary>
    public ClaimChange Extend(long claimId, DateTimeOffset until)
    {
        if (!_claims.TryGetValue(claimId, out var claim))
            return ClaimChange.NotFound;
        if (claim.State != ClaimState.Held)
            return ClaimChange.NotPossible;
        if (until <= claim.ExpiresAt)
            return ClaimChange.AlreadySo;
        claim.Change(ClaimState.Held, until);
        return ClaimChange.Done;
    }

    /// <summary>Gives back all that the claim took.</summary>
    public ClaimChange Release(long claimId, string reason)
    {
        if (!_claims.TryGetValue(claimId, out var claim))
            return ClaimChange.NotFound;
        if (claim.State == ClaimState.Released)
            return ClaimChange.AlreadySo;
        claim.Change(ClaimState.Released, expiresAt: null);
        foreach (var line in claim.Lines)
            Write(claim, line, LedgerEntry.Release, -line.Quantity, reason);
        return ClaimChange.Done;
    }

    /// <summary>Releases a hold whose time is over; one that was confirmed or extended meanwhile stays.</summary>
    public ClaimChange ReleaseIfDue(long claimId, string reason) =>
        _claims.TryGetValue(claimId, out var claim) && claim.State != ClaimState.Released && !(claim.ExpiresAt <= Now)
            ? ClaimChange.NotPossible
            : Release(claimId, reason);

    internal void AddPool(LockedPool pool)
    {
        _poolsByKey.Add(pool.Key, pool);
        _poolsById.Add(pool.Id, pool);
    }

    internal void AddClaim(long id, string kind, ClaimState state, DateTimeOffset? expiresAt, long poolId, int quantity)
    {
        if (!_poolsById.TryGetValue(poolId, out var pool))
        {
            if (_leavesOutPools)
                return;
            throw new InvalidOperationException($"Claim {id} took from pool {poolId}, which the request did not name.");
        }

        if (!_claims.TryGetValue(id, out var claim))
            _claims.Add(id, claim = new OpenClaim(id, kind, state, expiresAt, isNew: false));
        claim.Lines.Add(new ClaimLine(pool, quantity));
    }

    private void Write(OpenClaim claim, ClaimLine line, LedgerEntry entry, int change, string reason)
    {
        line.Pool.Taken += change;
        line.Pool.Change += change;
        Ledger.Add(new LedgerLine(claim.Id, line.Pool.Id, entry, change, reason));
    }

    /// <summary>Takes a guard out for the fault tests' negative controls. A release build has no body for it and so no call.</summary>
    static partial void IgnoreGuard(string guard, ref bool holds);
}
