using Maydon.Inventory;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

public sealed class PostgresCartRaceTest(TestServer server, TestPostgres postgres) : CartRaceTest(server, postgres), IClassFixture<TestServer>;

public sealed class RedisCartRaceTest(RedisBackedServer backed, TestPostgres postgres) : CartRaceTest(backed.Server, postgres), IClassFixture<RedisBackedServer>;

/// <summary>One cart, submitted and merged many times at once, wherever carts lie.</summary>
public abstract class CartRaceTest(TestServer server, TestPostgres postgres)
{
    [Fact]
    public async Task One_cart_twenty_times_on_two_nodes()
    {
        await using var other = new TestServer(postgres);
        await other.StartAsync(sibling: server);
        var variant = await server.OfferAsync(stock: 50);
        var account = await server.CreateUserAsync();
        using var here = server.SignIn(account);
        using var there = other.SignIn(account);
        await here.AddAsync(variant, 2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? here : there).CheckOutAsync()));

        // Who came too late to find the cart full hears that it is empty; everybody else hears of the same order.
        Assert.Subset(new HashSet<string> { "201 pending", "400 cart_empty" }, answers.Select(answer => answer.ToString()).ToHashSet());
        Assert.Single(answers.Where(answer => answer.Word == "pending").Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Equal((2, 1L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
        Assert.Empty((await here.GetCartAsync()).Items);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task One_cart_submitted_twice_in_the_same_moment()
    {
        var variant = await server.OfferAsync(stock: 50);
        var buyer = (await server.AddBuyersAsync(1, variant))[0];
        List<Task<Answer>> waiting;
        // The writer waits for the pool meanwhile, so that all of them have read the cart before the first is decided.
        await using (var connection = await server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
            waiting = [.. Enumerable.Range(0, 5).Select(_ => buyer.CheckOutAsync())];
            await Task.Delay(200, TestContext.Current.CancellationToken);
            waiting.Add(buyer.CheckOutAsync(OrderScene.Contact("Somebody else")));
            await Task.Delay(200, TestContext.Current.CancellationToken);
            await transaction.RollbackAsync();
        }

        var answers = await Task.WhenAll(waiting);

        Assert.Equal(new Dictionary<string, int> { ["201 pending"] = 5, ["400 cart_empty"] = 1 }, answers.Tally());
        Assert.Single(answers[..5].Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Equal((1, 1L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Merged_while_its_order_is_made_it_is_not_bought_again(bool hasOwnCart)
    {
        var (variant, other) = (await server.OfferAsync(stock: 50), await server.OfferAsync(stock: 50));
        var account = await server.CreateUserAsync();
        if (hasOwnCart)
        {
            using var elsewhere = server.CreateBrowser(account);
            await elsewhere.AddAsync(variant);
            await elsewhere.AddAsync(other, 4);
        }

        using var browser = server.CreateBrowser();
        await browser.AddAsync(variant, 2);
        Task<Answer> order;
        await using (var connection = await server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
            order = browser.CheckOutAsync();
            await Task.Delay(300, TestContext.Current.CancellationToken);
            // The other tab.
            browser.SignInAs(server, account);
            var merged = await browser.GetCartAsync();
            Assert.Equal(hasOwnCart ? $"{variant.Id}×3 {other.Id}×4" : $"{variant.Id}×2", merged.Lines);
            await transaction.RollbackAsync();
        }

        Assert.Equal("201 pending", (await order).ToString());
        if (hasOwnCart)
        {
            // Without looking at the cart first: the checkout itself finds out.
            var second = await browser.CheckOutAsync();
            Assert.Equal("201 pending", second.ToString());
            Assert.Equal((3, 4), (await server.TakenAsync(variant), await server.TakenAsync(other)));
        }

        Assert.Equal("", (await browser.GetCartAsync()).Lines);
        Assert.Equal("400 cart_empty", (await browser.CheckOutAsync(OrderScene.Contact("Again"))).ToString());
        Assert.Equal(hasOwnCart ? 3 : 2, await server.TakenAsync(variant));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Merged_and_ordered_it_is_taken_out_once_and_what_was_put_in_since_stays()
    {
        var (variant, own) = (await server.OfferAsync(stock: 50), await server.OfferAsync(stock: 50));
        var account = await server.CreateUserAsync();
        using var elsewhere = server.CreateBrowser(account);
        await elsewhere.AddAsync(own);
        using var browser = server.CreateBrowser();
        await browser.AddAsync(variant, 2);
        Task<Answer> order;
        await using (var connection = await server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
            order = browser.CheckOutAsync();
            await Task.Delay(300, TestContext.Current.CancellationToken);
            browser.SignInAs(server, account);
            await browser.AddAsync(variant, 3);
            await transaction.RollbackAsync();
        }

        Assert.Equal("201 pending", (await order).ToString());
        var seen = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => elsewhere.GetCartAsync()));
        Assert.All(seen, cart => Assert.Equal($"{own.Id}×1 {variant.Id}×3", cart.Lines));
    }
}
