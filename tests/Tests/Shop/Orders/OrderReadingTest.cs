using System.Globalization;
using System.Net;
using Maydon.Shop.Orders.Reading;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>Who may read which order, and what they read.</summary>
public sealed class OrderReadingTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_order_is_for_its_buyer_and_staff_and_for_nobody_else()
    {
        var variant = await server.OfferAsync(price: 12.50m);
        var (guest, guestOrder) = await server.OrderAsync(variant, 2);
        var (person, ownOrder) = await server.OrderAsync(variant, account: await server.CreateUserAsync());
        using var otherGuest = (await server.OrderAsync(variant)).Buyer;
        using var otherPerson = await server.SignInAsync();
        using var stranger = server.CreateClient();
        using var staff = await server.SignInAsync("staff");
        using var facilitator = await server.SignInAsync("Facilitator");

        foreach (var (client, orderId) in new[] { (guest, guestOrder), (person, ownOrder), (staff, guestOrder), (staff, ownOrder) })
            Assert.Equal("200 pending", (await client.GetAnswerAsync($"/api/orders/{orderId}/")).ToString());
        foreach (var client in new[] { otherGuest, otherPerson, stranger, facilitator })
        {
            foreach (var orderId in new[] { guestOrder, ownOrder, 999_999_999 })
            {
                Assert.Equal("404 order_not_found", (await client.GetAnswerAsync($"/api/orders/{orderId}/")).ToString());
                Assert.Equal("404 order_not_found", (await client.CancelOrderAsync(orderId)).ToString());
            }
        }

        Assert.Equal("404 order_not_found", (await guest.GetAnswerAsync($"/api/orders/{ownOrder}/")).ToString());
        Assert.Equal("404 order_not_found", (await person.GetAnswerAsync($"/api/orders/{guestOrder}/")).ToString());
        Assert.Equal("401 not_authenticated", (await stranger.GetAnswerAsync("/api/orders/")).ToString());
        Assert.Equal(("pending", "pending"), (await server.StatusAsync(guestOrder), await server.StatusAsync(ownOrder)));
    }

    [Fact]
    public async Task The_details_tell_what_was_bought_and_what_happened_and_staff_by_whom()
    {
        var account = await server.CreateUserAsync();
        var variant = await server.OfferAsync(price: 12.50m);
        var (buyer, id) = await server.OrderAsync(variant, 2, account);
        using var staff = await server.SignInAsync("staff");
        await server.PayAsync(id);
        await staff.PatchStatusAsync(id, "shipped");

        var (own, theirs) = ((await buyer.GetAnswerAsync($"/api/orders/{id}/")).Body, (await staff.GetAnswerAsync($"/api/orders/{id}/")).Body);

        var item = Assert.Single(own.GetProperty("items").EnumerateArray());
        Assert.Equal(variant.Sku, item.GetProperty("sku").GetString());
        Assert.Equal(("12.50", 2, "25.00"), (item.GetProperty("price").GetString(), item.GetProperty("quantity").GetInt32(), item.GetProperty("total").GetString()));
        Assert.Equal("25.00", own.GetProperty("total").GetString());
        Assert.Equal(["pending", "paid", "shipped"], own.GetProperty("history").EnumerateArray().Select(change => change.GetProperty("to_status").GetString()));
        Assert.All(own.GetProperty("history").EnumerateArray(), change => Assert.Equal("Null", change.GetProperty("changed_by").ValueKind.ToString()));
        Assert.Equal(account.Email, theirs.GetProperty("history")[0].GetProperty("changed_by_email").GetString());
        var payment = Assert.Single(own.GetProperty("payments").EnumerateArray());
        Assert.Equal(("paid", "25.00"), (payment.GetProperty("status").GetString(), payment.GetProperty("amount").GetString()));
    }

    [Fact]
    public async Task A_guest_comes_from_anywhere_by_the_link_in_the_mail()
    {
        var variant = await server.OfferAsync();
        var (guest, id) = await server.OrderAsync(variant);
        var (_, other) = await server.OrderAsync(variant);
        var (_, persons) = await server.OrderAsync(variant, account: await server.CreateUserAsync());
        using var elsewhere = server.CreateClient();
        async Task<string> TokenAsync(long order) => (await LinkAsync(server, order)).Query;

        var link = await LinkAsync(server, id);
        Assert.Equal("200 pending", (await elsewhere.GetAnswerAsync(link.PathAndQuery)).ToString());
        foreach (var wrong in new[] { await TokenAsync(other), "?token=", "?token=a", $"{link.Query}a", "?token=%E2%82%AC" })
            Assert.Equal("404 order_not_found", (await elsewhere.GetAnswerAsync($"/api/orders/{id}/{wrong}")).ToString());
        // A person signs in; nobody else's mail opens their order.
        Assert.Equal("404 order_not_found", (await elsewhere.GetAnswerAsync($"/api/orders/{persons}/{await TokenAsync(persons)}")).ToString());
        Assert.Equal("404 order_not_found", (await elsewhere.PostAnswerAsync($"/api/orders/{id}/cancel/")).ToString());
        Assert.Equal("200 cancelled", (await elsewhere.PostAnswerAsync($"/api/orders/{id}/cancel/{link.Query}")).ToString());

        // A database made anew gives the same ids again, to others.
        await server.ExecuteAsync("update shop.orders set cart_ref = gen_random_uuid() where id = $1", other);
        var before = await TokenAsync(other);
        await server.ExecuteAsync("update shop.orders set cart_ref = gen_random_uuid() where id = $1", other);
        Assert.Equal("404 order_not_found", (await elsewhere.GetAnswerAsync($"/api/orders/{other}/{before}")).ToString());
        Assert.Equal("200 pending", (await elsewhere.GetAnswerAsync($"/api/orders/{other}/{await TokenAsync(other)}")).ToString());
    }

    /// <summary>The link that the mail about this order holds.</summary>
    internal static async Task<Uri> LinkAsync(TestServer server, long order)
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<OrderReads>().FindAsync(order, new OrderAccess(UserId: null, GuestHash: null, IsStaff: true), CancellationToken.None);
        return scope.ServiceProvider.GetRequiredService<OrderLinks>().To(found!);
    }

    [Fact]
    public async Task Lists_hold_ones_own_and_are_filtered()
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var (phone, cover) = (await fresh.OfferAsync(stock: 100), await fresh.OfferAsync(stock: 100));
        var account = await fresh.CreateUserAsync();
        var (person, first) = await fresh.OrderAsync(phone, account: account);
        await person.AddAsync(cover);
        var second = (await person.CheckOutAsync(OrderScene.Contact("Шаҳноза Қодирова", "sh@example.org"))).Body.GetProperty("order_id").GetInt64();
        var (guest, third) = await fresh.OrderAsync(phone);
        await guest.CancelOrderAsync(third);
        using var staff = await fresh.SignInAsync("staff");
        var number = await fresh.ScalarAsync<string>("select number from shop.orders where id = $1", first);
        var before = Uri.EscapeDataString(fresh.Clock.GetUtcNow().AddDays(-1).ToString("O", CultureInfo.InvariantCulture));

        async Task<List<long>> ListAsync(HttpClient client, string query)
        {
            var answer = await client.GetAnswerAsync($"/api/orders/{query}");
            Assert.True(answer.Status == HttpStatusCode.OK, $"{query}: {answer.Body}");
            return [.. answer.Body.GetProperty("results").EnumerateArray().Select(order => order.GetProperty("id").GetInt64())];
        }

        Assert.Equal([second, first], await ListAsync(person, ""));
        Assert.Equal([third], await ListAsync(guest, ""));
        Assert.Equal([third, second, first], await ListAsync(staff, ""));
        Assert.Equal([second], await ListAsync(staff, "?page=2&page_size=1"));
        Assert.Equal([third], await ListAsync(staff, "?status=cancelled"));
        Assert.Equal([], await ListAsync(person, "?status=cancelled"));
        foreach (var client in new[] { person, staff })
        {
            Assert.Equal([first], await ListAsync(client, $"?search={number}"));
            Assert.Equal([second], await ListAsync(client, $"?search={cover.Sku.ToLowerInvariant()}"));
            Assert.Equal([second], await ListAsync(client, "?search=шаҳноза,ҚОДИР"));
            Assert.Equal([second], await ListAsync(client, "?search=sh%40example"));
            Assert.Equal([], await ListAsync(client, "?search=%25"));
            foreach (var written in new[] { "901234567", "+998901234567", "+998 (90) 123-45-67", "123 45 67" })
                Assert.Equal([second, first], (await ListAsync(client, $"?search={Uri.EscapeDataString(written)}")).Where(id => id != third));
            Assert.Equal([], await ListAsync(client, "?search=901234568"));
            Assert.Equal([second, first], (await ListAsync(client, $"?created_after={before}")).Where(id => id != third));
            Assert.Equal([], await ListAsync(client, $"?created_before={before}"));
        }

        foreach (var wrong in new[] { "?status=lost", "?created_after=yesterday", "?page=x" })
            Assert.Equal("400 validation_error", (await staff.GetAnswerAsync($"/api/orders/{wrong}")).ToString());
        Assert.Equal("404 invalid_page", (await staff.GetAnswerAsync("/api/orders/?page=2")).ToString());
    }
}
