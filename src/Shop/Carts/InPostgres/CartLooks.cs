using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>Whose carts somebody wants to see; of the first, their own, that keeps alive what is in it.</summary>
internal sealed record CartLook(IReadOnlyList<CartOwner> Owners);

/// <summary>Carts in PostgreSQL as they were last committed, read together for all who want to see theirs at the same moment.</summary>
internal sealed class CartLooks([FromKeyedServices(CartServices.Lane)] ClaimQueue queue) : ClaimHandler<CartLook, IReadOnlyList<StoredCart>>(queue)
{
    // Who only looks writes no more often than this.
    private static readonly TimeSpan s_touchAfter = TimeSpan.FromHours(1);

    /// <summary>None is ever taken.</summary>
    public override string ClaimKind => "cart look";

    public async Task<IReadOnlyList<StoredCart>> FindAsync(IReadOnlyList<CartOwner> owners, CancellationToken cancellationToken) =>
        (await SubmitAsync(new CartLook(owners), cancellationToken)).Result ?? throw new ServiceAwayException(Problem.Unavailable(ClaimQueue.RetryAfter));

    public override IEnumerable<PoolKey> PoolsOf(CartLook request) => [];

    public override ClaimRound<CartLook, IReadOnlyList<StoredCart>> BeginRound(IReadOnlyList<CartLook> requests) => new Round(requests);

    private sealed class Round(IReadOnlyList<CartLook> looks) : ClaimRound<CartLook, IReadOnlyList<StoredCart>>
    {
        private readonly CartsRead _carts = new();
        private readonly HashSet<Guid> _old = [];
        private DateTimeOffset _expiresAt;

        public override void AddReads(ClaimReads reads)
        {
            _expiresAt = reads.Now + CartLimits.Lifetime;
            reads.Add(CartStatements.Read([.. looks.SelectMany(look => look.Owners).Select(owner => owner.Name).Distinct(StringComparer.Ordinal)]), _carts.Add);
        }

        public override IReadOnlyList<StoredCart> Decide(CartLook request, ClaimDesk desk)
        {
            var found = new List<StoredCart>(1);
            foreach (var owner in request.Owners)
            {
                if (_carts.Find(owner) is not { } cart || cart.ExpiresAt <= desk.Now)
                    continue;
                found.Add(cart.ToStored(owner));
                if (owner == request.Owners[0] && cart.ExpiresAt < _expiresAt - s_touchAfter)
                    _old.Add(cart.Ref);
            }

            return found;
        }

        public override void AddWrites(NpgsqlBatchCommandCollection writes)
        {
            if (_old.Count > 0)
                writes.Add(CartStatements.TouchUnlocked([.. _old], _expiresAt));
        }
    }
}
