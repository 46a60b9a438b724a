using System.Diagnostics;
using Maydon.Inventory.Claims;
using Maydon.Tests.Inventory;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Orders;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Maydon.Tests.Shop.Carts;

/// <summary>Carts in PostgreSQL that are changed together: each keeps to itself.</summary>
public sealed class CartBatchTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task One_cart_among_many_in_one_batch_gets_no_more_than_there_is()
    {
        var scarce = await server.AddVariantAsync(stock: 5);
        var other = await server.AddVariantAsync(stock: 1000);
        var account = await server.CreateUserAsync();
        using var person = server.CreateBrowser(account);
        await person.AddAsync(scarce, 2);
        var guests = await server.AddBuyersAsync(10, other);
        var strangers = Enumerable.Range(0, 5).Select(_ => server.CreateBrowser()).ToList();
        List<Task<CartAnswer>> mine, theirs;
        await using (await CartLock.TakeAsync(server, account))
        {
            var first = person.AddAsync(scarce);
            await server.WriterWaitsAsync("carts");
            mine = [first, .. Enumerable.Range(0, 9).Select(_ => person.AddAsync(scarce))];
            // Strangers first look whether it can be had.
            theirs = [.. guests.Select(guest => guest.AddAsync(other, 2)), .. strangers.Select(stranger => stranger.AddAsync(other, 3))];
            await server.QueueHoldsAsync(24, "carts");
            mine.Add(person.AddAsync(other, 7));
            await server.QueueHoldsAsync(25, "carts");
            mine.Add(person.RemoveAsync(other));
            await server.QueueHoldsAsync(26, "carts");
            mine.Add(person.AddAsync(other, 3));
            await server.QueueHoldsAsync(27, "carts");
        }

        var answers = await Task.WhenAll(mine);
        Assert.Equal((3, 7), (answers[..10].Count(answer => answer.Status == 200), answers[..10].Count(answer => answer.ToString() == "409 out_of_stock")));
        Assert.Equal($"{scarce.Id}×5 {other.Id}×3", (await person.GetCartAsync()).Lines);
        Assert.All(await Task.WhenAll(theirs), answer => Assert.Equal($"200 {other.Id}×3", answer.ToString()));
        foreach (var guest in guests.Concat(strangers))
            Assert.Equal($"{other.Id}×3", (await guest.GetCartAsync()).Lines);
        Assert.Equal(17L, await server.ScalarAsync<long>("select count(*) from shop.cart_lines where variant_id in ($1, $2)", scarce.Id, other.Id));
    }

    [Fact]
    public async Task Emptied_and_filled_again_in_one_batch_it_is_another_cart()
    {
        var thing = await server.AddVariantAsync(stock: 50);
        var account = await server.CreateUserAsync();
        using var person = server.CreateBrowser(account);
        await person.AddAsync(thing, 2);
        var before = await RefAsync(account);
        Task<CartAnswer>[] answers;
        await using (await CartLock.TakeAsync(server, account))
        {
            var first = person.AddAsync(thing);
            await server.WriterWaitsAsync("carts");
            var second = person.RemoveAsync();
            await server.QueueHoldsAsync(1, "carts");
            answers = [first, second, person.AddAsync(thing, 4)];
            await server.QueueHoldsAsync(2, "carts");
        }

        Assert.Equal([$"200 {thing.Id}×3", "200 ", $"200 {thing.Id}×4"], (await Task.WhenAll(answers)).Select(answer => answer.ToString()));
        Assert.Equal($"{thing.Id}×4", (await person.GetCartAsync()).Lines);
        Assert.NotEqual(before, await RefAsync(account));
    }

    [Fact]
    public async Task What_the_database_refuses_fails_alone()
    {
        var thing = await server.AddVariantAsync(stock: 100);
        await server.ExecuteAsync($"""
            create function shop.refuse_thirteen() returns trigger language plpgsql as 'begin raise exception ''thirteen'' using errcode = ''foreign_key_violation''; end';
            create trigger refuse_thirteen before insert or update on shop.cart_lines for each row when (new.variant_id = {thing.Id} and new.quantity = 13) execute function shop.refuse_thirteen()
            """);
        var account = await server.CreateUserAsync();
        using var person = server.CreateBrowser(account);
        await person.AddAsync(thing);
        var guests = await server.AddBuyersAsync(12, thing);
        Task<CartAnswer> first;
        Task<CartAnswer>[] answers;
        await using (await CartLock.TakeAsync(server, account))
        {
            first = person.AddAsync(thing);
            await server.WriterWaitsAsync("carts");
            answers = [.. guests.Select((guest, n) => guest.SetAsync(thing, n == 7 ? 13 : 2))];
            await server.QueueHoldsAsync(12, "carts");
        }

        Assert.Equal($"200 {thing.Id}×2", (await first).ToString());
        foreach (var (n, answer) in (await Task.WhenAll(answers)).Index())
            Assert.Equal(n == 7 ? "409 conflict" : $"200 {thing.Id}×2", answer.ToString());
        Assert.Equal($"{thing.Id}×1", (await guests[7].GetCartAsync()).Lines);
    }

    [Fact]
    public async Task Opened_at_two_nodes_at_once_it_is_one()
    {
        await using var other = new TestServer(postgres);
        await other.StartAsync(sibling: server);
        var thing = await server.AddVariantAsync(stock: 1000);
        for (var round = 0; round < 20; round++)
        {
            var account = await server.CreateUserAsync();
            using var here = server.CreateBrowser(account);
            using var there = other.CreateBrowser(account);
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? here : there).AddAsync(thing)));
            Assert.All(answers, answer => Assert.Equal(200, answer.Status));
            Assert.Equal($"{thing.Id}×20", (await here.GetCartAsync()).Lines);
        }
    }

    [Fact]
    public async Task Signing_in_while_both_carts_are_changed_loses_nothing()
    {
        var thing = await server.AddVariantAsync(stock: 500);
        var account = await server.CreateUserAsync();
        using var elsewhere = server.CreateBrowser(account);
        using var browser = server.CreateBrowser();
        for (var round = 1; round <= 5; round++)
        {
            browser.DefaultRequestHeaders.Authorization = null;
            await browser.AddAsync(thing, 2);
            browser.SignInAs(server, account);
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? elsewhere : browser).AddAsync(thing)));
            Assert.All(answers, answer => Assert.Equal(200, answer.Status));
            Assert.Equal($"{thing.Id}×{22 * round}", (await browser.GetCartAsync()).Lines);
        }
    }

    [Fact]
    public async Task A_key_keeps_refusals_and_notices_in_the_language_they_were_given_in()
    {
        var thing = await server.AddVariantAsync(stock: 5, price: 10m);
        var other = await server.AddVariantAsync();
        using var person = server.CreateBrowser(await server.CreateUserAsync());
        person.DefaultRequestHeaders.Add("Accept-Language", "ru");
        var refused = await person.AddAsync(thing, 6, key: "too many");
        await server.SetStockAsync(thing, 50);
        var again = await person.AddAsync(thing, 6, key: "too many");
        Assert.Equal(("409 out_of_stock", true, (string?)refused.Body["detail"]), (again.ToString(), again.Replayed, (string?)again.Body["detail"]));

        await person.AddAsync(thing, 6, key: "enough");
        await server.ExecuteAsync("update shop.variants set price = 12 where id = $1", thing.Id);
        var noticed = await person.AddAsync(other, key: "noticed");
        var replayed = await person.AddAsync(other, key: "noticed");
        Assert.Equal("price_changed", (string?)Assert.Single(noticed.Notices)!["code"]);
        Assert.Equal((string?)(await person.GetCartAsync()).Notices[0]!["message"], (string?)noticed.Notices[0]!["message"]);
        Assert.Equal((true, noticed.Body.ToJsonString()), (replayed.Replayed, replayed.Body.ToJsonString()));

        var emptied = await person.SendCartAsync(HttpMethod.Delete, body: null, key: "empty");
        await person.AddAsync(thing);
        Assert.True((await person.SendCartAsync(HttpMethod.Delete, body: null, key: "empty")).Replayed);
        Assert.Equal(("", $"{thing.Id}×1"), (emptied.Lines, (await person.GetCartAsync()).Lines));
    }

    [Fact]
    public async Task Somebody_who_sits_on_a_cart_keeps_neither_others_nor_orders_waiting()
    {
        await using var impatient = new TestServer(postgres);
        await impatient.StartAsync(
            customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new ClaimQueueOptions { LockPatience = TimeSpan.FromMilliseconds(300) })));
        var thing = await impatient.OfferAsync(stock: 50);
        var account = await impatient.CreateUserAsync();
        using var person = impatient.CreateBrowser(account);
        await person.AddAsync(thing, 2);
        var guests = await impatient.AddBuyersAsync(3, thing);
        await using (await CartLock.TakeAsync(impatient, account))
        {
            var since = Stopwatch.GetTimestamp();
            var stuck = person.AddAsync(thing);
            await impatient.WriterWaitsAsync("carts");
            Assert.Equal($"200 {thing.Id}×2", (await guests[0].AddAsync(thing)).ToString());
            Assert.Equal("503 unavailable", (await stuck).ToString());
            Assert.Equal($"{thing.Id}×2", (await person.GetCartAsync()).Lines);
            Assert.Equal("503 unavailable", (await person.AddAsync(thing)).ToString());
            Assert.Equal("201 pending", (await guests[0].CheckOutAsync()).ToString());
            // The order needs the cart only to empty it, which can wait.
            Assert.Equal("201 pending", (await person.CheckOutAsync()).ToString());
            Assert.Equal("201 pending", (await guests[1].CheckOutAsync()).ToString());
            Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        Assert.Equal("400 cart_empty", (await person.CheckOutAsync(OrderScene.Contact("Again"))).ToString());
        Assert.Equal("", (await person.GetCartAsync()).Lines);
        Assert.Equal($"200 {thing.Id}×1", (await person.AddAsync(thing)).ToString());
        Assert.Equal((5, 3L), (await impatient.TakenAsync(thing), await impatient.CountOrdersAsync(thing)));
        await impatient.VerifyAsync();
    }

    private Task<Guid> RefAsync(TestAccount account) => server.ScalarAsync<Guid>("select ref from shop.carts where owner = 'user:' || $1", account.Id);

    /// <summary>Somebody else's transaction that holds a person's cart, so that the writer has to wait.</summary>
    private sealed class CartLock(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public static async Task<CartLock> TakeAsync(TestServer server, TestAccount account)
        {
            var connection = await server.Database.OpenConnectionAsync();
            var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("select 1 from shop.carts where owner = 'user:' || $1 for update", connection) { Parameters = { new() { Value = account.Id } } };
            Assert.Equal(1, await command.ExecuteScalarAsync());
            return new CartLock(connection, transaction);
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
