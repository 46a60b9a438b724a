using Maydon.Faults;
using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Tests.Support;

namespace Maydon.Tests.Inventory;

/// <summary>
/// Random operations in random batches must answer exactly as the simplest thing that can be right: dictionaries, one operation after
/// the other. Whoever is decided together is decided in order of arrival, so both see the same sequence.
/// </summary>
public sealed class ModelTest(TestPostgres postgres)
{
    private const int Skus = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_operations_answer_as_the_model_does(int seed)
    {
        await using var server = await StoreClaims.StartAsync(postgres);
        var dice = new Dice((ulong)seed);
        var model = new Model();
        var stock = Enumerable.Range(1, Skus).Select(sku => ((long)sku, sku == Skus ? null : (int?)dice.Next(8))).ToArray();
        await server.StockAsync(stock);
        foreach (var (sku, quantity) in stock)
            model.Left[sku] = quantity ?? int.MaxValue;

        for (var round = 0; round < 60; round++)
        {
            // Takes that are answered in this round can only be named in the next: their ids are not known before.
            var requests = Enumerable.Range(0, 1 + dice.Next(40)).Select(_ => Draw(dice, model, server.Clock.GetUtcNow())).ToList();
            var answers = await Task.WhenAll(requests.Select(server.AskAsync));
            foreach (var (request, answer) in requests.Zip(answers))
                model.Check(request, answer!, server.Clock.GetUtcNow());
            if (dice.Chance(20))
                server.Clock.Advance(TimeSpan.FromMinutes(dice.Next(20)));
            if (dice.Chance(10))
                await server.KillWriterAsync();
        }

        Assert.Contains(model.Claims.Values, claim => claim.State == "released");
        Assert.Contains(model.Claims.Values, claim => claim.State == "confirmed");
        foreach (var (sku, quantity) in stock)
            Assert.Equal((quantity ?? int.MaxValue) - model.Left[sku], await server.SoldAsync(sku));
        foreach (var (id, claim) in model.Claims)
            Assert.Equal(claim.State, await server.ScalarAsync<string>("select state from inventory.claims where id = $1", id));
        Assert.DoesNotContain(await server.DriftsAsync(), drift => !drift.Contains("is held since", StringComparison.Ordinal));
    }

    private static StoreRequest Draw(Dice dice, Model model, DateTimeOffset now)
    {
        if (model.Claims.Count == 0 || dice.Chance(45))
        {
            var lines = Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => new Taking(Store.Sku(1 + dice.Next(Skus + 1)), 1 + dice.Next(3)));
            return new StoreRequest(StoreWish.Take, [.. lines], Until: dice.Chance(70) ? now.AddMinutes(5 + dice.Next(30)) : null);
        }

        var wish = dice.Pick([StoreWish.Confirm, StoreWish.Extend, StoreWish.Release, StoreWish.Expire]);
        var (id, claim) = dice.Pick([.. model.Claims]);
        return new StoreRequest(wish, [.. claim.Lines.Select(line => new Taking(Store.Sku(line.Key), 1))], id, now.AddMinutes(dice.Next(60)));
    }

    private sealed class ModelClaim
    {
        public required Dictionary<long, int> Lines { get; init; }
        public required string State { get; set; }
        public DateTimeOffset? Until { get; set; }
    }

    private sealed class Model
    {
        public Dictionary<long, int> Left { get; } = [];
        public Dictionary<long, ModelClaim> Claims { get; } = [];

        public void Check(StoreRequest request, StoreResult answer, DateTimeOffset now)
        {
            if (request.Wish == StoreWish.Take)
                CheckTake(request, answer);
            else
                Assert.Equal(Change(Claims[request.ClaimId], request, now), answer.Change);
        }

        private void CheckTake(StoreRequest request, StoreResult answer)
        {
            var lines = request.Takings.GroupBy(taking => taking.Pool.SubjectId).ToDictionary(group => group.Key, group => group.Sum(taking => taking.Quantity));
            var fits = lines.All(line => Left.TryGetValue(line.Key, out var left) && line.Value <= left);
            Assert.Equal(fits, answer.ClaimId is not null);
            if (!fits)
            {
                Assert.Equal(Left.GetValueOrDefault(answer.Short!.Value.SubjectId), answer.Left);
                return;
            }

            foreach (var (sku, quantity) in lines)
                Left[sku] -= quantity;
            Claims.Add(answer.ClaimId!.Value, new ModelClaim { Lines = lines, State = request.Until is null ? "confirmed" : "held", Until = request.Until });
        }

        private ClaimChange Change(ModelClaim claim, StoreRequest request, DateTimeOffset now)
        {
            switch (request.Wish, claim.State)
            {
                case (StoreWish.Confirm, "held"):
                    (claim.State, claim.Until) = ("confirmed", null);
                    return ClaimChange.Done;
                case (StoreWish.Confirm, "confirmed"):
                    return ClaimChange.AlreadySo;
                case (StoreWish.Extend, "held"):
                    if (request.Until <= claim.Until)
                        return ClaimChange.AlreadySo;
                    claim.Until = request.Until;
                    return ClaimChange.Done;
                case (StoreWish.Release or StoreWish.Expire, "released"):
                    return ClaimChange.AlreadySo;
                case (StoreWish.Expire, _) when claim.State != "held" || claim.Until > now:
                    return ClaimChange.NotPossible;
                case (StoreWish.Release or StoreWish.Expire, _):
                    claim.State = "released";
                    foreach (var (sku, quantity) in claim.Lines)
                        Left[sku] += quantity;
                    return ClaimChange.Done;
                default:
                    return ClaimChange.NotPossible;
            }
        }
    }
}
