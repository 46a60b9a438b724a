using System.Text.Json.Nodes;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

public sealed class PostgresCheckoutTest(TestServer server) : CheckoutTest(server), IClassFixture<TestServer>
{
    protected override async Task KeepCartsAsync()
    {
        await Server.ExecuteAsync("create table kept_carts as select * from shop.carts");
        await Server.ExecuteAsync("create table kept_lines as select * from shop.cart_lines");
    }

    protected override async Task PutCartsBackAsync()
    {
        await Server.ExecuteAsync("insert into shop.carts select * from kept_carts on conflict do nothing");
        await Server.ExecuteAsync("insert into shop.cart_lines select * from kept_lines on conflict do nothing");
    }
}

public sealed class RedisCheckoutTest(RedisBackedServer backed) : CheckoutTest(backed.Server), IClassFixture<RedisBackedServer>
{
    protected override Task KeepCartsAsync() =>
        backed.Redis.RunAsync(backed.Address, "for _, key in ipairs(redis.call('KEYS', 'maydon:cart:*')) do redis.call('COPY', key, 'kept:' .. key) end");

    protected override Task PutCartsBackAsync() =>
        backed.Redis.RunAsync(backed.Address, "for _, key in ipairs(redis.call('KEYS', 'kept:*')) do redis.call('COPY', key, string.sub(key, 6)) end");
}

/// <summary><c>POST /api/checkout/</c>: what it takes, writes and refuses, wherever carts lie.</summary>
public abstract class CheckoutTest(TestServer server)
{
    protected TestServer Server => server;

    /// <summary>Remembers all carts as they are now.</summary>
    protected abstract Task KeepCartsAsync();

    protected abstract Task PutCartsBackAsync();

    [Fact]
    public async Task A_guests_cart_becomes_an_order_and_is_empty()
    {
        var (cheap, dear) = (await server.OfferAsync(price: 0.01m), await server.OfferAsync(price: 999.99m));
        using var guest = server.CreateBrowser();
        await guest.AddAsync(cheap, 3);
        await guest.AddAsync(dear, 2);

        var answer = await guest.CheckOutAsync();

        Assert.Equal("201 pending", answer.ToString());
        var id = answer.Body.GetProperty("order_id").GetInt64();
        Assert.Equal($"{server.Clock.GetUtcNow():yyMMdd}-{id}", answer.Body.GetProperty("order_number").GetString());
        Assert.Equal("2000.01", answer.Body.GetProperty("total").GetString());
        Assert.Equal("UZS", answer.Body.GetProperty("currency").GetString());
        Assert.InRange(answer.Body.GetProperty("hold_expires_at").GetDateTimeOffset() - server.Clock.GetUtcNow(), TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        Assert.Equal((3, 2), (await server.TakenAsync(cheap), await server.TakenAsync(dear)));
        Assert.Empty((await guest.GetCartAsync()).Items);
        Assert.Equal("400 cart_empty", (await guest.CheckOutAsync()).ToString());
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.orders where id = $1 and user_id is null and guest_hash is not null and language = 'uz' and note is null", id));
        Assert.Equal(["→pending ordered"], await server.HistoryAsync(id));
        Assert.Equal(1, await server.CountMailsAsync(id, "shop.order_received"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_signed_in_persons_order_is_theirs_also_with_what_they_put_in_before_signing_in()
    {
        var variant = await server.OfferAsync();
        var account = await server.CreateUserAsync();
        using var browser = server.CreateBrowser();
        await browser.AddAsync(variant, 2);
        browser.SignInAs(server, account);

        var id = (await browser.CheckOutAsync()).Body.GetProperty("order_id").GetInt64();

        Assert.Equal(account.Id, await server.ScalarAsync<long>("select user_id from shop.orders where id = $1 and guest_hash is null", id));
        Assert.Equal(2, await server.TakenAsync(variant));
        Assert.Equal(account.Id, await server.ScalarAsync<long>("select changed_by from shop.order_changes where order_id = $1", id));
    }

    [Fact]
    public async Task Without_a_cart_there_is_nothing_to_order()
    {
        using var stranger = server.CreateClient();
        using var person = await server.SignInAsync();

        Assert.Equal("400 cart_empty", (await stranger.CheckOutAsync()).ToString());
        Assert.Equal("400 cart_empty", (await person.CheckOutAsync()).ToString());
        Assert.Equal("400 cart_empty", (await person.CheckOutAsync(key: "empty")).ToString());
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_fields_is_told_and_nothing_happens()
    {
        var variant = await server.OfferAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant);

        var answer = await guest.CheckOutAsync(new JsonObject { ["full_name"] = " ", ["email"] = "nobody", ["phone"] = new string('1', 41), ["coupon"] = "SALE" });

        Assert.Equal("400 validation_error", answer.ToString());
        Assert.Equal(["address", "coupon", "email", "full_name", "phone"], answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal((0, 0L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
        Assert.Single((await guest.GetCartAsync()).Items);
    }

    [Theory]
    [InlineData("abc", false)]
    [InlineData("12", false)]
    [InlineData("+99890", false)]
    [InlineData("+998 90 123 45 xx", false)]
    [InlineData("1234567", true)]
    [InlineData("+49 (0)30 / 901820–0", true)]
    [InlineData("90 123 45 67, 91 765-43-21", true)]
    public async Task A_phone_is_one_that_can_be_called(string phone, bool isOne)
    {
        var variant = await server.OfferAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant);
        var contact = OrderScene.Contact();
        contact["phone"] = phone;

        var answer = await guest.CheckOutAsync(contact);

        Assert.Equal(isOne ? "201 pending" : "400 validation_error", answer.ToString());
        Assert.Equal(isOne ? 1L : 0L, await server.CountOrdersAsync(variant));
        if (!isOne)
            Assert.Equal("phone", Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task What_is_out_of_stock_is_named_and_nothing_is_taken()
    {
        var (plenty, scarce) = (await server.OfferAsync(stock: 10), await server.OfferAsync(stock: 3));
        using var guest = server.CreateBrowser();
        await guest.AddAsync(plenty, 5);
        await guest.AddAsync(scarce, 3);
        var (other, _) = await server.OrderAsync(scarce, 2);
        other.Dispose();

        var answer = await guest.CheckOutAsync();

        Assert.Equal("409 out_of_stock", answer.ToString());
        Assert.Equal(scarce.Sku, answer.Body.GetProperty("sku").GetString());
        Assert.Equal(1, answer.Body.GetProperty("available").GetInt32());
        Assert.Equal($"Omborda yetarli emas: Thing, 1 ta qoldi.", answer.Body.GetProperty("detail").GetString());
        Assert.Equal((0, 2), (await server.TakenAsync(plenty), await server.TakenAsync(scarce)));
        Assert.Equal(2, (await guest.GetCartAsync()).Items.Count);
        Assert.Equal(0L, await server.CountOrdersAsync(plenty));
        await server.VerifyAsync();
    }

    [Theory]
    [InlineData("update shop.variants set is_active = false where id = $1")]
    [InlineData("update shop.variants set deleted_at = now() where id = $1")]
    [InlineData("update shop.products set is_active = false where id = (select product_id from shop.variants where id = $1)")]
    [InlineData("update shop.products set deleted_at = now() where id = (select product_id from shop.variants where id = $1)")]
    [InlineData("update shop.categories set is_active = false where id = (select p.category_id from shop.products p join shop.variants v on v.product_id = p.id where v.id = $1)")]
    [InlineData("update shop.categories set is_active = false where id = (select c.parent_id from shop.categories c join shop.products p on p.category_id = c.id join shop.variants v on v.product_id = p.id where v.id = $1)")]
    public async Task What_is_no_longer_sold_cannot_be_bought(string sql)
    {
        var above = await server.AddCategoryAsync();
        var variant = await server.OfferAsync(category: await server.AddCategoryAsync(above));
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant);
        await server.ExecuteAsync(sql, variant.Id);

        var answer = await guest.CheckOutAsync();

        Assert.Equal("409 variant_unavailable", answer.ToString());
        Assert.Equal(variant.Sku, answer.Body.GetProperty("sku").GetString());
        Assert.Equal((0, 0L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
    }

    [Fact]
    public async Task The_price_of_now_is_charged_and_answered()
    {
        var variant = await server.OfferAsync(price: 10m);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant, 2);
        await server.ExecuteAsync("update shop.variants set price = 12.50 where id = $1", variant.Id);

        var answer = await guest.CheckOutAsync();

        Assert.Equal("25.00", answer.Body.GetProperty("total").GetString());
        Assert.Equal(25.00m, await server.ScalarAsync<decimal>("select total from shop.order_lines where variant_id = $1", variant.Id));
    }

    [Fact]
    public async Task Prices_in_two_currencies_make_no_total()
    {
        var (first, second) = (await server.OfferAsync(), await server.OfferAsync());
        using var guest = server.CreateBrowser();
        await guest.AddAsync(first);
        await guest.AddAsync(second);
        await server.ExecuteAsync("update shop.variants set currency = 'USD' where id = $1", second.Id);

        Assert.Equal("409 currency_mismatch", (await guest.CheckOutAsync()).ToString());
        Assert.Equal((0, 0), (await server.TakenAsync(first), await server.TakenAsync(second)));
    }

    [Fact]
    public async Task Under_one_idempotency_key_there_is_one_answer()
    {
        var variant = await server.OfferAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant, 2);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => guest.CheckOutAsync(key: "k1")));
        var again = await guest.CheckOutAsync(key: "k1");

        Assert.Subset(new HashSet<string> { "201 pending", "409 in_progress" }, answers.Select(answer => answer.ToString()).ToHashSet());
        Assert.Single(answers.Append(again).Where(answer => answer.Word == "pending").Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Equal("201 pending", again.ToString());
        Assert.Equal("422 idempotency_key_reused", (await guest.CheckOutAsync(OrderScene.Contact("Somebody else"), key: "k1")).ToString());
        Assert.Equal((2, 1L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
    }

    [Fact]
    public async Task A_server_that_died_before_it_emptied_the_cart_has_spent_it_all_the_same()
    {
        var variant = await server.OfferAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(variant, 2);
        await KeepCartsAsync();
        var first = await guest.CheckOutAsync();
        await PutCartsBackAsync();

        var other = await guest.CheckOutAsync(OrderScene.Contact("Somebody else"));
        await PutCartsBackAsync();
        var again = await guest.CheckOutAsync();

        Assert.Equal("400 cart_empty", other.ToString());
        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.Empty((await guest.GetCartAsync()).Items);
        Assert.Equal((2, 1L), (await server.TakenAsync(variant), await server.CountOrdersAsync(variant)));
    }
}
