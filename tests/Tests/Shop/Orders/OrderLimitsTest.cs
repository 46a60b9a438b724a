using Maydon.Inventory;
using Maydon.Kernel.Settings;
using Maydon.Tests.Inventory;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>How much somebody may order without paying.</summary>
public sealed class OrderLimitsTest(TestPostgres postgres) : IAsyncLifetime
{
    private const int Most = 3;
    private readonly TestServer _server = new(postgres);

    public async ValueTask InitializeAsync() => await _server.StartAsync(settings => settings with { Shop = settings.Shop with { MostUnpaidOrders = Most } });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_guest_has_so_many_unpaid_orders_and_one_more_when_one_ends_or_is_paid()
    {
        var variant = await _server.OfferAsync(stock: 50);
        using var guest = _server.CreateBrowser();
        var first = await OrderAsync(guest, variant, "a@example.org");
        var second = await OrderAsync(guest, variant, "b@example.org");
        await OrderAsync(guest, variant, "c@example.org");

        await RefuseAsync(guest, variant, "d@example.org");
        Assert.Equal(Most, await _server.TakenAsync(variant));
        await guest.CancelOrderAsync(first);
        await OrderAsync(guest, variant, "d@example.org");
        await RefuseAsync(guest, variant, "e@example.org");
        await _server.PayAsync(second);
        await OrderAsync(guest, variant, "e@example.org");
        await RefuseAsync(guest, variant, "f@example.org");
    }

    [Fact]
    public async Task So_has_a_person_on_every_device_and_node_at_once()
    {
        await using var other = new TestServer(postgres);
        await other.StartAsync(settings => settings with { Shop = settings.Shop with { MostUnpaidOrders = Most } }, sibling: _server);
        for (var round = 0; round < 5; round++)
        {
            var account = await _server.CreateUserAsync();
            // One cart can be ordered once: the next is filled as soon as that is done.
            TestServer[] nodes = [_server, other];
            var variants = new List<TestVariant>();
            for (var n = 0; n < 8; n++)
                variants.Add(await _server.OfferAsync());
            var answers = await Task.WhenAll(variants.Select((variant, n) => PlaceAsync(nodes[n % 2], account, variant)));
            Assert.Equal(Most, answers.Count(made => made));
            Assert.Equal(Most, await _server.ScalarAsync<long>("select count(*) from shop.orders where user_id = $1", account.Id));
        }
    }

    [Fact]
    public async Task Numbers_follow_one_another_whichever_node_or_start_they_are_of()
    {
        var variant = await _server.OfferAsync(stock: 10);
        var ids = new List<long>();
        for (var start = 0; start < 3; start++)
        {
            await using var node = new TestServer(postgres);
            await node.StartAsync(sibling: _server);
            for (var n = 0; n < 2; n++)
                ids.Add((await node.OrderAsync(variant)).OrderId);
        }

        Assert.Equal(Enumerable.Range(0, 6).Select(n => ids[0] + n), ids);
    }

    [Fact]
    public async Task A_mailbox_hears_of_so_many_an_hour_also_when_they_are_cancelled_and_its_owner_orders_all_the_same()
    {
        var variant = await _server.OfferAsync(stock: 50);
        var victim = await _server.CreateUserAsync();
        using var owner = _server.CreateBrowser(victim);
        for (var n = 0; n < Most; n++)
        {
            using var stranger = _server.CreateBrowser(n == 0 ? await _server.CreateUserAsync() : null);
            await stranger.CancelOrderAsync(await OrderAsync(stranger, variant, n == 1 ? victim.Email.ToUpperInvariant() : victim.Email));
        }

        using var another = _server.CreateBrowser();
        Assert.StartsWith($"Shu pochta manzili bilan soʻnggi bir soatda {Most} ta", await RefuseAsync(another, variant, victim.Email), StringComparison.Ordinal);
        using var person = _server.CreateBrowser(await _server.CreateUserAsync());
        await RefuseAsync(person, variant, victim.Email);
        Assert.Equal(0, await _server.TakenAsync(variant));
        for (var n = 0; n < Most; n++)
            await OrderAsync(owner, variant, victim.Email);
        Assert.StartsWith($"Sizda toʻlanmagan {Most} ta buyurtma bor", await RefuseAsync(owner, variant, victim.Email), StringComparison.Ordinal);

        _server.Clock.Advance(TimeSpan.FromMinutes(61));
        await OrderAsync(another, variant, victim.Email);
    }

    [Fact]
    public async Task So_does_a_mailbox_of_nobody_who_has_an_account()
    {
        var variant = await _server.OfferAsync(stock: 50);
        for (var n = 0; n < Most; n++)
        {
            using var stranger = _server.CreateBrowser();
            await stranger.CancelOrderAsync(await OrderAsync(stranger, variant, "nobody@example.org"));
        }

        using var another = _server.CreateBrowser();
        await RefuseAsync(another, variant, "Nobody@example.org");
        using var person = _server.CreateBrowser(await _server.CreateUserAsync());
        await RefuseAsync(person, variant, "nobody@example.org");
        await OrderAsync(person, variant, "somebody.else@example.org");
    }

    [Theory]
    [InlineData("click http://evil.example/win", false)]
    [InlineData("www.evil", false)]
    [InlineData("Win at evil.com now", false)]
    [InlineData("Win: t.me/win", false)]
    [InlineData("X.COM", false)]
    [InlineData("злой.рф", false)]
    [InlineData("A.B. Karimov", true)]
    [InlineData("A.Karimov", true)]
    [InlineData("ali.valiyev", true)]
    [InlineData("Gʻ. Oʻrinov (2-qavat)", true)]
    public async Task The_shops_mails_greet_nobody_with_a_link(string name, bool isName)
    {
        var variant = await _server.OfferAsync();
        using var guest = _server.CreateBrowser();
        await guest.AddAsync(variant);

        var answer = await guest.CheckOutAsync(OrderScene.Contact(name));

        Assert.Equal(isName ? "201 pending" : "400 validation_error", answer.ToString());
        Assert.Equal(isName ? 1L : 0L, await _server.CountOrdersAsync(variant));
        if (!isName)
            Assert.Equal(["full_name"], answer.Body.GetProperty("errors").EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task What_its_owner_orders_is_no_strangers_limit_and_whoever_has_not_proved_it_is_no_owner()
    {
        var variant = await _server.OfferAsync(stock: 50);
        var account = await _server.CreateUserAsync();
        using var owner = _server.CreateBrowser(account);
        for (var n = 0; n < Most; n++)
            await OrderAsync(owner, variant, account.Email);
        using var stranger = _server.CreateBrowser();
        await OrderAsync(stranger, variant, account.Email);

        var unproved = await _server.CreateUserAsync();
        await _server.ExecuteAsync("update identity.users set email_verified = false where id = $1", unproved.Id);
        using var pretender = _server.CreateBrowser(unproved);
        for (var n = 0; n < Most; n++)
            await pretender.CancelOrderAsync(await OrderAsync(pretender, variant, unproved.Email));
        await RefuseAsync(pretender, variant, unproved.Email);
    }

    [Fact]
    public async Task A_mailbox_hears_of_so_many_however_many_order_at_once()
    {
        var variant = await _server.OfferAsync(stock: 50);
        var buyers = Enumerable.Range(0, 8).Select(_ => _server.CreateBrowser()).ToList();
        foreach (var buyer in buyers)
            await buyer.AddAsync(variant);
        List<Task<Answer>> waiting;
        // The writer waits for the pool meanwhile: the others come into one batch.
        await using (var connection = await _server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Pools.LockAsync(connection, new PoolKey("variant", variant.Id), CancellationToken.None);
            waiting = [buyers[0].CheckOutAsync(OrderScene.Contact(email: "flooded@example.org"))];
            await _server.WriterWaitsAsync();
            waiting.AddRange(buyers.Skip(1).Select(buyer => buyer.CheckOutAsync(OrderScene.Contact(email: "flooded@example.org"))));
            await _server.QueueHoldsAsync(7);
            await transaction.RollbackAsync();
        }

        Assert.Equal(new Dictionary<string, int> { ["201 pending"] = Most, ["409 too_many_unpaid_orders"] = 8 - Most }, (await Task.WhenAll(waiting)).Tally());
        Assert.Equal(Most, await _server.TakenAsync(variant));
        buyers.ForEach(buyer => buyer.Dispose());
    }

    [Fact]
    public async Task An_address_has_so_many_checkouts_an_hour()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { Throttles = settings.Throttles with { Orders = new Rate(4, TimeSpan.FromHours(1)) } });
        var variant = await server.OfferAsync(stock: 50);
        for (var n = 0; n < 4; n++)
            (await server.OrderAsync(variant)).Buyer.Dispose();

        using var buyer = server.CreateBrowser(await server.CreateUserAsync());
        await buyer.AddAsync(variant);
        Assert.Equal("429 throttled", (await buyer.CheckOutAsync()).ToString());
        Assert.Equal("429 throttled", (await buyer.CheckOutAsync(key: "again")).ToString());
        Assert.Equal((4, 4L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        using var later = server.CreateBrowser();
        await later.AddAsync(variant);
        Assert.Equal("201 pending", (await later.CheckOutAsync(key: "again")).ToString());
    }

    private static async Task<long> OrderAsync(HttpClient buyer, TestVariant variant, string email)
    {
        await buyer.AddAsync(variant);
        var answer = await buyer.CheckOutAsync(OrderScene.Contact(email: email));
        Assert.Equal("201 pending", answer.ToString());
        return answer.Body.GetProperty("order_id").GetInt64();
    }

    /// <summary>In whose words it was refused.</summary>
    private async Task<string> RefuseAsync(HttpClient buyer, TestVariant variant, string email)
    {
        var before = await _server.CountOrdersAsync(variant);
        await buyer.AddAsync(variant);
        var answer = await buyer.CheckOutAsync(OrderScene.Contact(email: email));
        Assert.Equal("409 too_many_unpaid_orders", answer.ToString());
        Assert.Equal(before, await _server.CountOrdersAsync(variant));
        Assert.Single((await buyer.GetCartAsync()).Items);
        await buyer.RemoveAsync();
        return answer.Body.GetProperty("detail").GetString()!;
    }

    /// <summary>Straight at the writer of a node, each with a cart of its own: over HTTP a person has but one.</summary>
    private static async Task<bool> PlaceAsync(TestServer node, TestAccount account, TestVariant variant)
    {
        await using var scope = node.App.Services.CreateAsyncScope();
        var claims = scope.ServiceProvider.GetRequiredService<Maydon.Shop.Orders.Deciding.OrderClaims>();
        var place = Payments.PaymentScene.Placing(account.Id, variant.Id, 1, "uz") with { MostUnpaid = Most };
        place = place with { Contact = place.Contact with { Email = account.Email } };
        while (true)
        {
            try
            {
                return (await claims.DecideAsync(place, CancellationToken.None)).Order is not null;
            }
            catch (Npgsql.PostgresException e) when (e.ConstraintName == "orders_unpaid_user")
            {
                // As the checkout does.
            }
        }
    }
}
