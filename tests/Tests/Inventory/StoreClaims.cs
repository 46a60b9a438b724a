using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Maydon.Tests.Inventory;

internal enum StoreWish { Take, Confirm, Extend, Release, Expire, Break }

/// <summary>What a shop will ask for: several variants at once, held, then paid for or not.</summary>
internal sealed record StoreRequest(StoreWish Wish, IReadOnlyList<Taking> Takings, long ClaimId = 0, DateTimeOffset? Until = null, string Note = "");

/// <summary>The claim it took, or what became of the one it named.</summary>
internal sealed record StoreResult(long? ClaimId, ClaimChange? Change, PoolKey? Short, int Left);

/// <summary>A module as small as can be, with a table of its own that is written in the claims' transaction.</summary>
internal sealed class StoreClaims(ClaimQueue queue) : ClaimHandler<StoreRequest, StoreResult>(queue)
{
    public override string ClaimKind => "store";

    /// <summary>Requests in the order in which they were decided, over all rounds, also of batches that failed.</summary>
    public List<string> Decided { get; } = [];

    public List<int> Rounds { get; } = [];

    /// <summary>What others have to hear of a batch before its callers do.</summary>
    public Func<Task>? Telling { get; set; }

    protected override StoreRequest ExpiryOf(DueHold hold) => new(StoreWish.Expire, [.. hold.Pools.Select(pool => new Taking(pool, 1))], hold.ClaimId);

    public override IEnumerable<PoolKey> PoolsOf(StoreRequest request) => request.Takings.Select(taking => taking.Pool);

    public override ClaimRound<StoreRequest, StoreResult> BeginRound(IReadOnlyList<StoreRequest> requests)
    {
        Rounds.Add(requests.Count);
        return new Round(this, requests);
    }

    public static async Task<TestServer> StartAsync(TestPostgres postgres, Action<WebApplicationBuilder>? customise = null)
    {
        var server = new TestServer(postgres);
        await server.StartAsync(customise: builder =>
        {
            builder.Services.AddClaimHandler<StoreClaims>();
            customise?.Invoke(builder);
        });
        await server.ExecuteAsync("create table inventory.orders (claim_id bigint not null, state text not null, note text not null check (note <> 'poison'))");
        return server;
    }

    private sealed class Round(StoreClaims store, IReadOnlyList<StoreRequest> requests) : ClaimRound<StoreRequest, StoreResult>
    {
        private readonly List<(long ClaimId, string State, string Note)> _rows = [];

        public override void AddReads(ClaimReads reads)
        {
        }

        public override NpgsqlBatchCommand? ClaimsToLoad() => new("select * from unnest($1)")
        {
            Parameters = { new() { Value = requests.Select(request => request.ClaimId).ToArray() } },
        };

        public override StoreResult Decide(StoreRequest request, ClaimDesk desk)
        {
            store.Decided.Add(request.Note);
            switch (request.Wish)
            {
                case StoreWish.Take:
                    var taken = desk.Take("store", [.. request.Takings], "sold", request.Until);
                    if (taken.ClaimId is { } id)
                        _rows.Add((id, "taken", request.Note));
                    return new StoreResult(taken.ClaimId, null, taken.Short, taken.Left);
                case StoreWish.Break:
                    throw new InvalidOperationException("This request is a bug.");
                default:
                    var change = request.Wish switch
                    {
                        StoreWish.Confirm => desk.Confirm(request.ClaimId),
                        StoreWish.Extend => desk.Extend(request.ClaimId, request.Until!.Value),
                        StoreWish.Expire => desk.ReleaseIfDue(request.ClaimId, "expired"),
                        _ => desk.Release(request.ClaimId, "returned"),
                    };
                    if (change == ClaimChange.Done)
                        _rows.Add((request.ClaimId, request.Wish.ToString(), request.Note));
                    return new StoreResult(null, change, null, 0);
            }
        }

        public override Task CommittedAsync() => store.Telling?.Invoke() ?? Task.CompletedTask;

        public override void AddWrites(NpgsqlBatchCommandCollection writes)
        {
            if (_rows.Count == 0)
                return;
            writes.Add(new NpgsqlBatchCommand("insert into inventory.orders select * from unnest($1, $2, $3)")
            {
                Parameters =
                {
                    new() { Value = _rows.ConvertAll(row => row.ClaimId) },
                    new() { Value = _rows.ConvertAll(row => row.State) },
                    new() { Value = _rows.ConvertAll(row => row.Note) },
                },
            });
        }
    }
}

internal static class Store
{
    public static readonly CancellationToken None = CancellationToken.None;

    public static PoolKey Sku(long id) => new("sku", id);

    public static async Task StockAsync(this TestServer server, params (long Sku, int? Quantity)[] stock)
    {
        await using var connection = await server.Database.OpenConnectionAsync();
        await Pools.CreateManyAsync(connection, "sku", stock, None);
    }

    public static async Task<StoreResult?> AskAsync(this TestServer server, StoreRequest request) =>
        (await server.App.Services.GetRequiredService<StoreClaims>().SubmitAsync(request, None)).Result;

    public static Task<StoreResult?> TakeAsync(this TestServer server, DateTimeOffset? until, params (long Sku, int Quantity)[] lines) =>
        server.AskAsync(new StoreRequest(StoreWish.Take, [.. lines.Select(line => new Taking(Sku(line.Sku), line.Quantity))], Until: until));

    /// <summary>Confirm, extend, release or expire a claim that took from these variants.</summary>
    public static async Task<ClaimChange?> ChangeAsync(this TestServer server, StoreWish wish, long claimId, DateTimeOffset? until, params long[] skus) =>
        (await server.AskAsync(new StoreRequest(wish, [.. skus.Select(sku => new Taking(Sku(sku), 1))], claimId, until)))?.Change;

    public static Task<int> SoldAsync(this TestServer server, long sku) =>
        server.ScalarAsync<int>("select taken from inventory.pools where kind = 'sku' and subject_id = $1", sku);

    public static async Task<List<string>> DriftsAsync(this TestServer server)
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        var drifts = new List<string>();
        foreach (var invariant in scope.ServiceProvider.GetServices<Maydon.Kernel.Operations.IInvariantCheck>())
            drifts.AddRange((await invariant.RunAsync(None)).Drifts);
        return drifts;
    }
}
