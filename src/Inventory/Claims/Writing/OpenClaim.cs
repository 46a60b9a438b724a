using System.Runtime.InteropServices;

namespace Maydon.Inventory.Claims.Writing;

internal enum ClaimState { Held, Confirmed, Released }

internal enum LedgerEntry { Take, Release }

/// <summary>A row of <c>inventory.pools</c> that this transaction has locked.</summary>
internal sealed class LockedPool(long id, PoolKey key, int? capacity, int taken)
{
    public long Id { get; } = id;
    public PoolKey Key { get; } = key;
    public int? Capacity { get; } = capacity;

    /// <summary>As decided so far.</summary>
    public int Taken { get; set; } = taken;

    /// <summary>What this batch adds to the row.</summary>
    public int Change { get; set; }

    public long Left => (long)(Capacity ?? int.MaxValue) - Taken;
}

internal sealed record ClaimLine(LockedPool Pool, int Quantity);

/// <summary>A claim that this batch makes or may change.</summary>
internal sealed class OpenClaim(long id, string kind, ClaimState state, DateTimeOffset? expiresAt, bool isNew)
{
    public long Id { get; } = id;
    public string Kind { get; } = kind;
    public bool IsNew { get; } = isNew;
    public bool IsChanged { get; private set; }
    public ClaimState State { get; private set; } = state;
    public DateTimeOffset? ExpiresAt { get; private set; } = expiresAt;
    public List<ClaimLine> Lines { get; init; } = [];

    public void Change(ClaimState state, DateTimeOffset? expiresAt) => (State, ExpiresAt, IsChanged) = (state, expiresAt, true);
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct LedgerLine(long ClaimId, long PoolId, LedgerEntry Entry, int Change, string Reason);
