using System.Diagnostics;
using System.Security.Cryptography;
using Maydon.Inventory;
using Maydon.Inventory.Holds;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>Everybody at once, at the till.</summary>
public sealed class OrderRaceTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Twenty_buyers_and_five_pieces()
    {
        var variant = await server.OfferAsync(stock: 5);
        var buyers = await server.AddBuyersAsync(20, variant);

        var answers = await Task.WhenAll(buyers.Select(buyer => buyer.CheckOutAsync()));

        Assert.Equal(new Dictionary<string, int> { ["201 pending"] = 5, ["409 out_of_stock"] = 15 }, answers.Tally());
        Assert.All(answers.Where(answer => answer.Word == "out_of_stock"), answer => Assert.Equal(0, answer.Body.GetProperty("available").GetInt32()));
        Assert.Equal((5, 5L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Thirty_carts_of_ten_things_in_any_order()
    {
        var variants = new List<TestVariant>();
        for (var n = 0; n < 10; n++)
            variants.Add(await server.OfferAsync(stock: 12));
        var buyers = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var buyer = server.CreateBrowser();
            foreach (var variant in Shuffled(variants))
                await buyer.AddAsync(variant);
            return buyer;
        }));

        var answers = await Task.WhenAll(buyers.Select(buyer => buyer.CheckOutAsync()));

        Assert.Equal(new Dictionary<string, int> { ["201 pending"] = 12, ["409 out_of_stock"] = 18 }, answers.Tally());
        foreach (var variant in variants)
            Assert.Equal((12, 12L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
        Assert.Equal(0L, await server.ScalarAsync<long>(
            "select count(*) from (select count(*) as lines from shop.order_lines where order_id in (select order_id from shop.order_lines where variant_id = $1) group by order_id) o where lines <> 10",
            variants[0].Id));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Two_who_want_three_of_five()
    {
        for (var round = 0; round < 20; round++)
        {
            var variant = await server.OfferAsync(stock: 5);
            var buyers = await server.AddBuyersAsync(2, variant, quantity: 3);

            var answers = await Task.WhenAll(buyers.Select(buyer => buyer.CheckOutAsync()));

            Assert.Equal(["201 pending", "409 out_of_stock"], answers.Select(answer => answer.ToString()).Order());
            Assert.Equal(2, answers.Single(answer => answer.Word == "out_of_stock").Body.GetProperty("available").GetInt32());
            Assert.Equal(3, await server.TakenAsync(variant));
        }

        await server.VerifyAsync();
    }

    [Fact]
    public async Task Prices_that_change_meanwhile_are_all_old_or_all_new()
    {
        var (first, second) = (await server.OfferAsync(stock: 500, price: 10m), await server.OfferAsync(stock: 500, price: 10m));
        var buyers = await server.AddBuyersAsync(40, first);
        await Task.WhenAll(buyers.Select(buyer => buyer.AddAsync(second)));
        using var ended = new CancellationTokenSource();
        var staff = Task.Run(async () =>
        {
            for (var price = 20m; !ended.IsCancellationRequested; price = 30m - price)
                await SetPricesAsync(price, first, second);
        }, CancellationToken.None);

        var answers = new List<Answer>();
        foreach (var some in buyers.Chunk(8))
            answers.AddRange(await Task.WhenAll(some.Select(buyer => buyer.CheckOutAsync())));
        await ended.CancelAsync();
        await staff;

        Assert.All(answers, answer => Assert.Contains(answer.Body.GetProperty("total").GetString(), new[] { "20.00", "40.00" }));
        foreach (var answer in answers)
        {
            Assert.Equal(answer.Body.GetProperty("total").GetString(), (await server.ScalarAsync<decimal>(
                "select sum(total) from shop.order_lines where order_id = $1", answer.Body.GetProperty("order_id").GetInt64())).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(2, answers.Select(answer => answer.Body.GetProperty("total").GetString()).Distinct().Count());
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Cancelled_twenty_times_the_stock_is_back_once()
    {
        var variant = await server.OfferAsync(stock: 5);
        var (buyer, id) = await server.OrderAsync(variant, 2);
        await server.OrderAsync(variant);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => buyer.CancelOrderAsync(id)));

        Assert.Equal(new Dictionary<string, int> { ["200 cancelled"] = 1, ["409 order_cancelled"] = 19 }, answers.Tally());
        Assert.Equal(1, await server.TakenAsync(variant));
        Assert.Equal(1, await server.CountMailsAsync(id, "shop.order_cancelled"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Cancelled_while_its_hold_runs_out_it_ends_once()
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var variant = await fresh.OfferAsync(stock: 20);
        var orders = new List<(HttpClient Buyer, long OrderId)>();
        for (var n = 0; n < 20; n++)
            orders.Add(await fresh.OrderAsync(variant));
        fresh.Clock.Advance(TimeSpan.FromMinutes(31));

        var job = fresh.RunJobAsync<ReleaseDueHolds>();
        var answers = await Task.WhenAll(orders.Select(order => order.Buyer.CancelOrderAsync(order.OrderId)));
        await job;

        Assert.Subset(new HashSet<string> { "200 cancelled", "409 order_cancelled" }, answers.Select(answer => answer.ToString()).ToHashSet());
        foreach (var (_, id) in orders)
        {
            Assert.Equal(2, (await fresh.HistoryAsync(id)).Length);
            Assert.Equal(1, await fresh.CountMailsAsync(id, "shop.order_cancelled"));
        }

        Assert.Equal(0, await fresh.TakenAsync(variant));
        await fresh.VerifyAsync();
    }

    [Theory]
    [InlineData("capacity", typeof(OrderRaceTest), nameof(Twenty_buyers_and_five_pieces))]
    [InlineData("cart", typeof(PostgresCartRaceTest), nameof(CartRaceTest.One_cart_submitted_twice_in_the_same_moment))]
    [InlineData("cart", typeof(RedisCartRaceTest), nameof(CartRaceTest.One_cart_submitted_twice_in_the_same_moment))]
    [InlineData("ledger", typeof(OrderRaceTest), nameof(Cancelled_twenty_times_the_stock_is_back_once))]
    public async Task Without_a_guard_the_race_is_lost(string guard, Type where, string test)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OrderRaceTest).Assembly.Location, "-method", $"{where.FullName}.{test}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["MAYDON_BREAK"] = guard;
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await complaints;
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode != 0, output);
        Assert.Contains($"{test} [FAIL]", output, StringComparison.Ordinal);
        Assert.Contains("Total: 1, Errors: 0, Failed: 1", output, StringComparison.Ordinal);
    }

    private static TestVariant[] Shuffled(IEnumerable<TestVariant> variants)
    {
        TestVariant[] shuffled = [.. variants];
        RandomNumberGenerator.Shuffle<TestVariant>(shuffled);
        return shuffled;
    }

    /// <summary>As staff do it: the pools first, then the rows.</summary>
    private async Task SetPricesAsync(decimal price, params TestVariant[] variants)
    {
        await using var connection = await server.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var variant in variants)
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
        foreach (var variant in variants)
        {
            await using var command = new Npgsql.NpgsqlCommand("update shop.variants set price = $1 where id = $2", connection) { Parameters = { new() { Value = price }, new() { Value = variant.Id } } };
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }
}
