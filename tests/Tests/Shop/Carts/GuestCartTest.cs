using System.Security.Cryptography;
using Maydon.Shop.Carts;
using Maydon.Shop.Carts.InRedis;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Carts;

public sealed class PostgresGuestCartTest(TestServer server) : GuestCartTest(server), IClassFixture<TestServer>;

public sealed class RedisGuestCartTest(RedisBackedServer backed) : GuestCartTest(backed.Server), IClassFixture<RedisBackedServer>;

/// <summary>How a guest is known, and what becomes of their cart when they sign in or order.</summary>
public abstract class GuestCartTest(TestServer server)
{
    [Fact]
    public async Task The_cookie_is_given_once_and_says_nothing()
    {
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        var cookie = Assert.Single((await guest.AddAsync(thing)).Cookies);
        Assert.Matches("^maydon_guest=[A-Za-z0-9_-]{86}; max-age=31536000; path=/; samesite=lax; httponly$", cookie);
        Assert.Empty((await guest.AddAsync(thing)).Cookies);
        Assert.Empty((await guest.GetCartAsync()).Cookies);

        using var person = server.CreateBrowser(await server.CreateUserAsync());
        Assert.Empty((await person.AddAsync(thing)).Cookies);
    }

    [Fact]
    public async Task Guests_and_people_have_carts_of_their_own()
    {
        var thing = await server.AddVariantAsync();
        HttpClient[] visitors = [server.CreateBrowser(), server.CreateBrowser(), server.CreateBrowser(await server.CreateUserAsync()), server.CreateBrowser(await server.CreateUserAsync())];
        foreach (var (n, visitor) in visitors.Index())
            await visitor.AddAsync(thing, n + 1);
        foreach (var (n, visitor) in visitors.Index())
            Assert.Equal($"{thing.Id}×{n + 1}", (await visitor.GetCartAsync()).Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("%00")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_forged_or_garbled_cookie_is_none(string value)
    {
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        var real = (await guest.AddAsync(thing)).Cookies[0].Split('=', ';')[1];
        foreach (var cookie in new[] { value, "x" + real, real[1..], real[..50] + (real[50] == 'A' ? 'B' : 'A') + real[51..], (real[0] == 'A' ? 'B' : 'A') + real[1..], real.ToUpperInvariant() })
        {
            using var forger = server.CreateClient();
            forger.DefaultRequestHeaders.Add("Cookie", $"maydon_guest={cookie}");
            Assert.Equal("", (await forger.GetCartAsync()).Lines);
            var added = await forger.AddAsync(thing, 3);
            Assert.Equal($"{thing.Id}×3", added.Lines);
            Assert.Single(added.Cookies);
        }

        Assert.Equal($"{thing.Id}×1", (await guest.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task Signing_in_merges_once_however_many_requests_come_at_once()
    {
        var both = await server.AddVariantAsync(stock: 100);
        var scarce = await server.AddVariantAsync(stock: 5);
        var guests = await server.AddVariantAsync(stock: 100);
        var gone = await server.AddVariantAsync(stock: 3);
        var account = await server.CreateUserAsync();
        using var elsewhere = server.CreateBrowser(account);
        await elsewhere.AddAsync(both, 3);
        await elsewhere.AddAsync(scarce, 4);
        using var browser = server.CreateBrowser();
        await browser.AddAsync(both, 2);
        await browser.AddAsync(scarce, 3);
        await browser.AddAsync(guests, 7);
        await browser.AddAsync(gone, 1);
        await server.SetStockAsync(gone, 0);

        browser.SignInAs(server, account);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.GetCartAsync()));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var merged = await browser.GetCartAsync();
        Assert.Equal(new[] { $"{both.Id}×5", $"{scarce.Id}×5", $"{guests.Id}×7" }.Order(), merged.Lines.Split(' ').Order());
        Assert.Equal(merged.Lines, (await elsewhere.GetCartAsync()).Lines);

        // What was the guest's is gone; the browser is still known.
        browser.DefaultRequestHeaders.Authorization = null;
        Assert.Equal("", (await browser.GetCartAsync()).Lines);
        Assert.Empty((await browser.AddAsync(guests)).Cookies);
        browser.SignInAs(server, account);
        Assert.Contains($"{guests.Id}×8", (await browser.AddAsync(both)).Lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guests_cart_becomes_that_of_a_person_who_has_none()
    {
        var thing = await server.AddVariantAsync();
        using var browser = server.CreateBrowser();
        await browser.AddAsync(thing, 2);
        browser.SignInAs(server, await server.CreateUserAsync());
        Assert.Equal($"{thing.Id}×3", (await browser.AddAsync(thing)).Lines);
    }

    [Fact]
    public async Task A_key_makes_an_add_count_once_for_a_guest_too()
    {
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(thing);
        var first = await guest.AddAsync(thing, 2, key: "once");
        var again = await guest.AddAsync(thing, 2, key: "once");
        Assert.Equal((false, true, first.Lines), (first.Replayed, again.Replayed, again.Lines));
        Assert.Equal((422, "idempotency_key_reused"), ((await guest.AddAsync(thing, 3, key: "once")) is var reused ? reused.Status : 0, reused.Code));
        Assert.Equal($"{thing.Id}×3", (await guest.GetCartAsync()).Lines);

        // Another guest's key is another key.
        using var other = server.CreateBrowser();
        await other.AddAsync(thing);
        Assert.Equal($"{thing.Id}×3", (await other.AddAsync(thing, 2, key: "once")).Lines);

        var storm = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guest.AddAsync(thing, key: "storm")));
        Assert.All(storm, answer => Assert.True(answer.Status == 200 || answer.ToString() == "409 in_progress", answer.ToString()));
        Assert.Equal($"{thing.Id}×4", (await guest.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task A_strangers_key_makes_no_two_strangers_one()
    {
        var thing = await server.AddVariantAsync();
        using var one = server.CreateBrowser();
        using var other = server.CreateBrowser();
        var first = await one.AddAsync(thing, 2, key: "stranger");
        var second = await other.AddAsync(thing, 2, key: "stranger");
        Assert.False(second.Replayed);
        Assert.NotEqual(Assert.Single(first.Cookies), Assert.Single(second.Cookies));
        Assert.Equal($"{thing.Id}×3", (await one.AddAsync(thing)).Lines);
        Assert.Equal($"{thing.Id}×2", (await other.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task When_the_answer_was_lost_with_its_transaction_a_repeat_does_not_count_again()
    {
        var thing = await server.AddVariantAsync();
        using var guest = server.CreateBrowser();
        await guest.AddAsync(thing);
        await guest.AddAsync(thing, 2, key: "lost");
        await server.ExecuteAsync("delete from kernel.idempotency_keys where key = 'lost'");
        if (await IsInRedisAsync())
            Assert.Equal($"{thing.Id}×3", (await guest.AddAsync(thing, 2, key: "lost")).Lines);
        else
            Assert.Equal($"{thing.Id}×5", (await guest.AddAsync(thing, 2, key: "lost")).Lines);
    }

    [Fact]
    public async Task A_cart_that_has_become_an_order_is_found_without_it()
    {
        var thing = await server.AddVariantAsync(stock: 50);
        var other = await server.AddVariantAsync(stock: 50);
        using var guest = server.CreateBrowser();
        var cookie = (await guest.AddAsync(thing, 2)).Cookies[0];
        var before = await FindAsync(guest, cookie);

        // The server died between the order's commit and its telling the cart; meanwhile the guest went on.
        await OrderAsync(before);
        await guest.SendCartAsync(HttpMethod.Post, new() { ["variant_id"] = other.Id, ["quantity"] = 3 });
        Assert.Equal($"{other.Id}×3", (await guest.GetCartAsync()).Lines);
        var after = await FindAsync(guest, cookie);
        Assert.NotEqual(before.Ref, after.Ref);

        // A line of which more was put in keeps the rest; and telling twice changes nothing.
        await guest.AddAsync(thing, 4);
        var second = await FindAsync(guest, cookie);
        await OrderAsync(second with { Lines = [new CartLine(thing.Id, 1, 9.99m)] });
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => guest.GetCartAsync()));
        Assert.All(answers, answer => Assert.Equal($"{other.Id}×3 {thing.Id}×3", answer.Lines));
        await using (var scope = server.App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ICartStore>().ForgetAsync(second, CancellationToken.None);
        Assert.Equal($"{other.Id}×3 {thing.Id}×3", (await guest.GetCartAsync()).Lines);

        var last = await FindAsync(guest, cookie);
        await OrderAsync(last);
        Assert.Equal("", (await guest.GetCartAsync()).Lines);
        Assert.Equal($"{thing.Id}×1", (await guest.AddAsync(thing)).Lines);
    }

    private async Task<bool> IsInRedisAsync()
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        return scope.ServiceProvider.GetRequiredService<ICartStore>() is RedisCarts;
    }

    private async Task<StoredCart> FindAsync(HttpClient guest, string cookie)
    {
        Assert.Equal(200, (await guest.GetCartAsync()).Status);
        var secret = System.Buffers.Text.Base64Url.DecodeFromChars(cookie.Split('=', ';')[1]).AsSpan(0, 32);
        var owner = CartOwner.Of(SHA256.HashData(secret));
        await using var scope = server.App.Services.CreateAsyncScope();
        return Assert.Single(await scope.ServiceProvider.GetRequiredService<ICartStore>().FindAsync([owner], CancellationToken.None));
    }

    /// <summary>As if the checkout had committed and got no further.</summary>
    private async Task OrderAsync(StoredCart cart)
    {
        var order = await server.ScalarAsync<long>(
            """
            insert into shop.orders (number, guest_hash, cart_ref, status, full_name, email, phone, address, language, currency, total, claim_id, hold_expires_at, created_at, updated_at, goods)
            values (gen_random_uuid()::text, '\x01', $1, 'pending', 'A B', 'a@example.org', '+998901234567', 'Street', 'uz', 'UZS', 1, nextval('inventory.claims_id_seq'), now(), now(), now(), '') returning id
            """,
            cart.Ref);
        foreach (var line in cart.Lines)
        {
            await server.ExecuteAsync(
                "insert into shop.order_lines (order_id, variant_id, product_id, sku, product_name, attributes, price, quantity) values ($1, $2, 1, 'S', 'Thing', '[]', $3, $4)",
                order, line.VariantId, line.SeenPrice, line.Quantity);
        }
    }
}
