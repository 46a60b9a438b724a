using System.Text.Json.Nodes;
using Maydon.Shop.Carts.InPostgres;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Carts;

public sealed class PostgresCartTest(TestServer server) : CartTest(server), IClassFixture<TestServer>
{
    [Fact]
    public async Task A_cart_that_nobody_touches_for_a_week_is_deleted()
    {
        var thing = await Server.AddVariantAsync();
        using var guest = Server.CreateBrowser();
        await guest.AddAsync(thing);
        Server.Clock.Advance(TimeSpan.FromDays(7));
        await Server.RunJobAsync<ForgetOldCarts>();
        Assert.Equal(0L, await Server.ScalarAsync<long>("select count(*) from shop.cart_lines where variant_id = $1", thing.Id));
    }
}

public sealed class RedisCartTest(RedisBackedServer backed) : CartTest(backed.Server), IClassFixture<RedisBackedServer>
{
    [Fact]
    public async Task It_lies_in_redis_and_nowhere_else()
    {
        var thing = await Server.AddVariantAsync();
        using var guest = Server.CreateBrowser();
        await guest.AddAsync(thing);
        Assert.Equal(0L, await Server.ScalarAsync<long>("select count(*) from shop.cart_lines where variant_id = $1", thing.Id));
        Assert.InRange((long)await backed.Redis.RunAsync(backed.Address, "return #redis.call('KEYS', 'maydon:cart:guest:*')"), 1, long.MaxValue);
    }

    protected override Task AdvanceAsync(TimeSpan by) => backed.AdvanceAsync(by);
}

/// <summary>The cart of guests and of people, wherever carts lie.</summary>
public abstract class CartTest(TestServer server)
{
    protected TestServer Server => server;

    [Fact]
    public async Task A_guest_fills_a_cart_and_empties_it()
    {
        var one = await server.AddVariantAsync(stock: 10, price: 1000.50m);
        var two = await server.AddVariantAsync(stock: 3, price: 20m);
        using var guest = server.CreateBrowser();
        var none = await guest.GetCartAsync();
        Assert.Equal((200, "0.00", 0, "UZS"), (none.Status, none.Total, none.Count, (string?)none.Body["currency"]));
        Assert.Empty(none.Cookies);

        var first = await guest.AddAsync(one, 2);
        Assert.Equal((200, $"{one.Id}×2", "2001.00"), (first.Status, first.Lines, first.Total));
        var second = await guest.AddAsync(two);
        Assert.Equal(($"{one.Id}×2 {two.Id}×1", "2021.00", 3), (second.Lines, second.Total, second.Count));
        Assert.Equal($"{one.Id}×5 {two.Id}×1", (await guest.AddAsync(one, 3)).Lines);
        Assert.Equal($"{one.Id}×1 {two.Id}×1", (await guest.SetAsync(one, 1)).Lines);
        Assert.Equal($"{one.Id}×1 {two.Id}×1", (await guest.GetCartAsync()).Lines);
        Assert.Equal($"{two.Id}×1", (await guest.SetAsync(one, 0)).Lines);
        Assert.Equal($"{two.Id}×1", (await guest.RemoveAsync(one)).Lines);
        Assert.Equal($"{two.Id}×1 {one.Id}×4", (await guest.SetAsync(one, 4)).Lines);
        Assert.Equal($"{one.Id}×4", (await guest.RemoveAsync(two)).Lines);
        Assert.Equal((200, ""), ((await guest.RemoveAsync()).Status, (await guest.GetCartAsync()).Lines));
    }

    [Fact]
    public async Task A_line_says_what_is_bought()
    {
        var thing = await server.AddVariantAsync(stock: 7, price: 12.30m);
        await server.ExecuteAsync("insert into shop.product_images (product_id, path, position) values ($1, 'b.png', 2), ($1, 'things/a.png', 1)", thing.ProductId);
        foreach (var (name, value) in new[] { ("Size", "M"), ("Color", "Red") })
        {
            await server.ExecuteAsync(
                """
                with a as (insert into shop.attributes (name) values ($2) returning id),
                    w as (insert into shop.attribute_values (attribute_id, value) select id, $3 from a returning id, attribute_id)
                insert into shop.variant_values (variant_id, attribute_id, value_id) select $1, attribute_id, id from w
                """,
                thing.Id, $"{name} {thing.Id}", value);
        }

        using var guest = server.CreateBrowser();
        var item = (await guest.AddAsync(thing, 2)).Items[0]!.AsObject();
        Assert.Equal(
            $$"""{"variant_id":{{thing.Id}},"product_id":{{thing.ProductId}},"product_name":"Thing","sku":"{{thing.Sku}}","attributes":[{"attribute_name":"Color {{thing.Id}}","value":"Red"},{"attribute_name":"Size {{thing.Id}}","value":"M"}],"price":"12.30","quantity":2,"total":"24.60","image":"/media/things/a.png","available":7}""",
            item.ToJsonString());
    }

    [Fact]
    public async Task Twenty_who_add_one_at_once_make_twenty()
    {
        var thing = await server.AddVariantAsync(stock: 100);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(thing);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guest.AddAsync(thing)));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal($"{thing.Id}×21", (await guest.GetCartAsync()).Lines);
        using var person = server.CreateBrowser(await server.CreateUserAsync());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => person.AddAsync(thing)));
        Assert.Equal($"{thing.Id}×20", (await person.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task More_than_there_is_does_not_go_in_however_many_try_at_once()
    {
        var thing = await server.AddVariantAsync(stock: 5);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(thing, 2);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guest.AddAsync(thing)));
        Assert.Equal(3, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer =>
        {
            Assert.Equal((409, "out_of_stock"), (answer.Status, answer.Code));
            Assert.Equal("Omborda yetarli emas: Thing, 5 ta qoldi.", (string?)answer.Body["detail"]);
            Assert.Equal((thing.Sku, 5), ((string?)answer.Body["sku"], (int)answer.Body["available"]!));
        });
        Assert.Equal("409 out_of_stock", (await guest.SetAsync(thing, 6)).ToString());
        Assert.Equal($"{thing.Id}×5", (await guest.GetCartAsync()).Lines);
        Assert.Equal($"200 {thing.Id}×4", (await guest.SetAsync(thing, 4)).ToString());
    }

    [Fact]
    public async Task What_is_not_sold_does_not_go_in()
    {
        var parent = await server.AddCategoryAsync();
        foreach (var sql in new[]
        {
            "update shop.variants set is_active = false where id = $1", "update shop.variants set deleted_at = now() where id = $1",
            "update shop.products set is_active = false where id = (select product_id from shop.variants where id = $1)",
            "update shop.products set deleted_at = now() where id = (select product_id from shop.variants where id = $1)",
            "update shop.categories set is_active = false where id = (select category_id from shop.variants v join shop.products p on p.id = v.product_id where v.id = $1)",
            "update shop.categories set is_active = false where id = (select parent_id from shop.variants v join shop.products p on p.id = v.product_id join shop.categories c on c.id = p.category_id where v.id = $1)",
        })
        {
            var thing = await server.AddVariantAsync(category: await server.AddCategoryAsync(parent));
            using var early = server.CreateBrowser();
            Assert.Equal(200, (await early.AddAsync(thing)).Status);
            await server.ExecuteAsync(sql, thing.Id);
            using var late = server.CreateBrowser();
            var refused = await late.AddAsync(thing);
            Assert.Equal("404 variant_not_found", refused.ToString());
            Assert.Empty(refused.Cookies);
            Assert.Equal("404 variant_not_found", (await early.SetAsync(thing, 2)).ToString());

            var seen = await early.GetCartAsync();
            Assert.Equal(("0.00", "gone", thing.Id), (seen.Total, (string?)seen.Notices[0]!["code"], (long)seen.Notices[0]!["variant_id"]!));
            Assert.Equal((0, "0.00"), ((int)seen.Items[0]!["available"]!, (string?)seen.Items[0]!["total"]));
            Assert.Empty((await early.RemoveAsync(thing)).Items);
        }

        using var guest = server.CreateBrowser();
        Assert.Equal("404 variant_not_found", (await guest.AddAsync(new TestVariant(long.MaxValue, 0, ""))).ToString());
    }

    [Theory]
    [InlineData("POST", """{"variant_id":1,"quantity":0}""", "quantity")]
    [InlineData("POST", """{"variant_id":1,"quantity":1000}""", "quantity")]
    [InlineData("POST", """{"variant_id":1,"quantity":-1}""", "quantity")]
    [InlineData("POST", """{"quantity":1}""", "variant_id")]
    [InlineData("PATCH", """{"variant_id":1}""", "quantity")]
    [InlineData("PATCH", """{"variant_id":1,"quantity":-1}""", "quantity")]
    [InlineData("PATCH", """{"variant_id":1,"quantity":1000}""", "quantity")]
    [InlineData("DELETE", """{}""", "variant_id")]
    public async Task What_is_asked_for_wrongly_is_named(string method, string body, string field)
    {
        using var guest = server.CreateBrowser();
        var answer = await guest.SendCartAsync(new HttpMethod(method), JsonNode.Parse(body)!.AsObject());
        Assert.Equal((400, "validation_error"), (answer.Status, answer.Code));
        Assert.Equal(field, Assert.Single(answer.Body["errors"]!.AsObject()).Key);
        Assert.Empty(answer.Cookies);
    }

    [Fact]
    public async Task There_is_room_for_so_many_things_and_so_much_of_each()
    {
        var category = await server.AddCategoryAsync();
        var plenty = await server.AddVariantAsync(stock: 100_000, category: category);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(plenty, 999);
        Assert.Equal("409 quantity_limit", (await guest.AddAsync(plenty)).ToString());
        var things = new List<TestVariant>();
        for (var n = 0; n < 104; n++)
            things.Add(await server.AddVariantAsync(category: category));
        var answers = await Task.WhenAll(things.Select(thing => guest.AddAsync(thing)));
        Assert.Equal(99, answers.Count(answer => answer.Status == 200));
        Assert.Equal(5, answers.Count(answer => answer.ToString() == "409 cart_full"));
        var full = await guest.GetCartAsync();
        Assert.Equal(100, full.Items.Count);
        Assert.Equal(200, (await guest.SetAsync(plenty, 1)).Status);
    }

    [Fact]
    public async Task What_has_changed_since_is_said()
    {
        var dearer = await server.AddVariantAsync(price: 10m);
        var fewer = await server.AddVariantAsync(stock: 10);
        using var guest = server.CreateBrowser();
        await guest.AddAsync(dearer);
        Assert.Empty((await guest.AddAsync(fewer, 4)).Notices);
        await server.ExecuteAsync("update shop.variants set price = 12.5 where id = $1", dearer.Id);
        await server.SetStockAsync(fewer, 3);

        var cart = await guest.GetCartAsync();
        Assert.Equal(["price_changed", "less_available"], cart.Notices.Select(notice => (string?)notice!["code"]));
        Assert.Equal(("10.00", "12.50"), ((string?)cart.Notices[0]!["old_price"], (string?)cart.Notices[0]!["price"]));
        Assert.Equal(3, (int)cart.Notices[1]!["available"]!);
        Assert.Equal(("12.50", $"{dearer.Id}×1 {fewer.Id}×4"), ((string?)cart.Items[0]!["price"], cart.Lines));
        Assert.Equal("52.46", cart.Total);

        Assert.Equal(["less_available"], (await guest.SetAsync(dearer, 2)).Notices.Select(notice => (string?)notice!["code"]));
        Assert.Empty((await guest.SetAsync(fewer, 3)).Notices);
    }

    [Fact]
    public async Task One_cart_has_one_currency()
    {
        var som = await server.AddVariantAsync(price: 5m);
        var dollars = await server.AddVariantAsync(price: 7m, currency: "USD");
        using var guest = server.CreateBrowser();
        await guest.AddAsync(som);
        Assert.Equal("409 currency_mismatch", (await guest.AddAsync(dollars)).ToString());
        Assert.Equal($"{som.Id}×1", (await guest.GetCartAsync()).Lines);

        var other = await server.AddVariantAsync(price: 5m);
        await guest.AddAsync(other);
        await server.ExecuteAsync("update shop.variants set currency = 'USD' where id = $1", other.Id);
        var mixed = await guest.GetCartAsync();
        Assert.Equal(("5.00", "UZS", "other_currency"), (mixed.Total, (string?)mixed.Body["currency"], (string?)mixed.Notices[0]!["code"]));
        await guest.RemoveAsync(som);
        Assert.Equal(("USD", "12.00"), ((string?)(await guest.AddAsync(dollars)).Body["currency"], (await guest.GetCartAsync()).Total));
    }

    [Fact]
    public async Task A_cart_lives_for_a_week_from_the_last_touch()
    {
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(thing, 2);
        for (var n = 0; n < 3; n++)
        {
            await AdvanceAsync(TimeSpan.FromDays(6));
            Assert.Equal($"{thing.Id}×2", (await guest.GetCartAsync()).Lines);
        }

        await AdvanceAsync(TimeSpan.FromDays(7));
        Assert.Equal("", (await guest.GetCartAsync()).Lines);
        Assert.Equal($"{thing.Id}×1", (await guest.AddAsync(thing)).Lines);
    }

    /// <summary>Of everything that keeps time.</summary>
    protected virtual Task AdvanceAsync(TimeSpan by)
    {
        server.Clock.Advance(by);
        return Task.CompletedTask;
    }
}
