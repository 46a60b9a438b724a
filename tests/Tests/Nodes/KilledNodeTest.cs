using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Nodes;

/// <summary>One of two nodes is killed under load: what was answered for stands, and nothing is sold twice.</summary>
public sealed class KilledNodeTest(TwoNodes town) : IClassFixture<TwoNodes>
{
    private const int Stock = 60;

    [Fact]
    public async Task What_was_answered_for_stands_and_nothing_is_sold_twice()
    {
        var scarce = await town.Office.AddVariantAsync(stock: Stock);
        var plenty = await town.Office.AddVariantAsync(stock: 100_000);
        var eventId = await town.Office.AddEventAsync(capacity: Stock);
        var load = new Load(scarce, plenty, eventId);
        using var over = new CancellationTokenSource();
        var buyers = Enumerable.Range(0, 6).Select(_ => Task.Run(() => BuyAsync(load, over.Token))).ToList();
        var seekers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => RegisterAsync(load, over.Token))).ToList();

        for (var n = 0; n < 2; n++)
        {
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            await town.Nodes[n].KillAsync();
            await Task.Delay(1500, TestContext.Current.CancellationToken);
            await town.Nodes[n].StartAsync();
        }

        await over.CancelAsync();
        await Task.WhenAll(buyers.Concat(seekers));
        Assert.True(load.Carts.Count > 5 && load.Orders.Count > 5 && load.Seats.Count > 5, $"Too little happened: {load.Carts.Count} carts, {load.Orders.Count} orders, {load.Seats.Count} seats.");

        foreach (var (guest, wanted) in load.Carts)
        {
            using (guest)
                Assert.Equal(wanted, (await guest.GetCartAsync()).Items.Where(item => (long)item!["variant_id"]! == plenty.Id).Sum(item => (int)item!["quantity"]!));
        }

        foreach (var order in load.Orders)
            Assert.Equal(1L, await town.Office.ScalarAsync<long>("select count(*) from shop.orders o join shop.order_lines l on l.order_id = o.id where o.id = $1 and o.status = 'pending' and l.quantity = 1", order));
        Assert.Equal(load.Orders.Count, load.Orders.Distinct().Count());
        Assert.InRange(await town.Office.ScalarAsync<int>("select taken from inventory.pools where kind = 'variant' and subject_id = $1", scarce.Id), load.Orders.Count, Stock);
        Assert.Equal(load.Seats.Count, await town.Office.CountAsync(eventId, "registered"));
        Assert.InRange(await town.Office.TakenAsync(eventId), load.Seats.Count, Stock);
        await town.Office.VerifyAsync();
    }

    /// <summary>A guest fills one cart for good, and orders out of another.</summary>
    private async Task BuyAsync(Load load, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            // A guest is known from the first answer on, and only then has keys. Whoever was not answered may have been given the cookie all
            // the same, and then another add would count twice: somebody else comes in their place.
            var keeper = town.Visit();
            await UntilAnsweredAsync(
                () =>
                {
                    keeper.Dispose();
                    keeper = town.Visit();
                    return AddAsync(keeper, load.Plenty, key: null);
                },
                isFirst: true);
            const int wanted = 5;
            for (var n = 1; n < wanted; n++)
            {
                var once = Key();
                await UntilAnsweredAsync(() => AddAsync(keeper, load.Plenty, once), isFirst: false);
            }

            load.Carts.Add((keeper, wanted));

            using var buyer = town.Visit();
            if ((await UntilAnsweredAsync(() => AddAsync(buyer, load.Scarce, key: null), isFirst: true)).Status != HttpStatusCode.OK)
                continue;
            var key = Key();
            var ordered = await UntilAnsweredAsync(async () => await buyer.CheckOutAsync(key), isFirst: false);
            if (ordered.Status == HttpStatusCode.Created)
                load.Orders.Add((long)JsonNode.Parse(ordered.Body.GetRawText())!["order_id"]!);
        }

        string Key() => RandomNumberGenerator.GetHexString(16);
    }

    private async Task RegisterAsync(Load load, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var seeker = town.Visit(await town.Office.CreateUserAsync());
            seeker.DefaultRequestHeaders.Add("Idempotency-Key", RandomNumberGenerator.GetHexString(16));
            if ((await UntilAnsweredAsync(() => seeker.RegisterAsync(load.EventId), isFirst: false)).Status == HttpStatusCode.Created)
                load.Seats.Add(1);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static async Task<Answer> AddAsync(HttpClient guest, TestVariant thing, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/cart/") { Content = JsonContent.Create(new JsonObject { ["variant_id"] = thing.Id }) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await guest.SendAsync(request);
        return await response.ReadAnswerAsync();
    }

    /// <summary>As the guide tells clients: the same request again, with the same key, until there is an answer.</summary>
    private static async Task<Answer> UntilAnsweredAsync(Func<Task<Answer>> ask, bool isFirst)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await ask();
                if ((int)answer.Status < 500 && answer.Word != "in_progress")
                    return answer;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or System.Text.Json.JsonException && attempt < 200)
            {
                // nginx has no node for it just now, or the node died in the middle of it.
            }

            Assert.True(attempt < 200, $"No answer in 200 attempts{(isFirst ? " to begin with" : "")}.");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private sealed record Load(TestVariant Scarce, TestVariant Plenty, long EventId)
    {
        public ConcurrentBag<(HttpClient Guest, int Wanted)> Carts { get; } = [];
        public ConcurrentBag<long> Orders { get; } = [];
        public ConcurrentBag<int> Seats { get; } = [];
    }
}
