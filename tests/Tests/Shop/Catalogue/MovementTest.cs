using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Maydon.Inventory.Holds;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Stock and its history.</summary>
public sealed class MovementTest(TestServer server) : IClassFixture<TestServer>
{
    private OrderClaims Claims => server.App.Services.GetRequiredService<OrderClaims>();

    [Fact]
    public async Task Stock_is_explained_by_its_history()
    {
        var account = await server.CreateUserAsync("staff");
        using var staff = server.SignIn(account);
        var variant = await staff.MakeVariantAsync(stock: 5);
        var made = await staff.MoveAsync(variant, 10, note: "  Yuk xati 17 ");
        Assert.Equal((201, 10, "Yuk xati 17", 15, 0), ((int)made.Status, made.Body.GetProperty("quantity").GetInt32(), made.Body.GetProperty("note").GetString(), made.Body.GetProperty("available").GetInt32(), made.Body.GetProperty("taken").GetInt32()));
        await staff.MoveAsync(variant, -3, "corrected");
        await staff.MoveAsync(variant, 1, "returned", "Qutisi ochilgan");
        var bought = await PlaceAsync(variant, 4);
        var cancelled = await PlaceAsync(variant, 2);
        await Claims.DecideAsync(new CancelOrder(cancelled.Id, new OrderAccess(account.Id, GuestHash: null, IsStaff: true), [variant]), CancellationToken.None);
        await PlaceAsync(variant, 3);
        server.Clock.Advance(TimeSpan.FromMinutes(31));
        await server.RunJobAsync<ReleaseDueHolds>();
        await staff.MoveAsync(variant, 2);

        var history = await staff.GetJsonAsync($"/api/variants/{variant}/movements/");
        var rows = history["results"]!.AsArray();
        Assert.Equal(11, (int)history["count"]!);
        Assert.Equal(["2 received"], rows.Take(1).Select(Show));
        // What ran out at one moment has no order among itself.
        Assert.Equal(["3 returned hold expired", "4 returned hold expired"], rows.Skip(1).Take(2).Select(Show).Order());
        Assert.Equal(
            ["-3 sold", "2 returned cancelled by the shop", "-2 sold", "-4 sold", "1 returned Qutisi ochilgan", "-3 corrected", "10 received Yuk xati 17", "5 received"],
            rows.Skip(3).Select(Show));
        Assert.Equal(rows.Sum(row => (int)row!["quantity"]!), (int)(await staff.GetJsonAsync($"/api/variants/{variant}/"))["available"]!);
        Assert.Equal((bought.Id, bought.Number, "Oʻgʻiloy"), ((long)rows[6]!["order_id"]!, (string)rows[6]!["order_number"]!, (string)rows[6]!["by"]!));
        Assert.Equal((cancelled.Id, cancelled.Number, account.FullName), ((long)rows[4]!["order_id"]!, (string)rows[4]!["order_number"]!, (string)rows[4]!["by"]!));
        Assert.Equal((account.FullName, null), ((string)rows[8]!["by"]!, rows[8]!["order_id"]));
        Assert.Null(rows[1]!["by"]);

        var page = await staff.GetJsonAsync($"/api/variants/{variant}/movements/?page=2&page_size=4");
        Assert.Equal(rows.Skip(4).Take(4).Select(Show), page["results"]!.AsArray().Select(Show));
        Assert.EndsWith("?page=3&page_size=4", (string)page["next"]!, StringComparison.Ordinal);
        await staff.GetAsync($"/api/variants/{variant}/movements/?page=4&page_size=4").RefusedAsync(404, "invalid_page");
        await server.VerifyAsync();

        // The first admin has no name.
        await server.ExecuteAsync("update identity.users set full_name = '' where id = $1", account.Id);
        Assert.Equal(account.Email, (string)(await staff.GetJsonAsync($"/api/variants/{variant}/movements/"))["results"]![0]!["by"]!);
    }

    [Fact]
    public async Task What_is_sold_or_held_cannot_be_counted_away()
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(stock: 5);
        await PlaceAsync(variant, 3);

        var refused = await staff.MoveAsync(variant, -3, "corrected");

        Assert.Equal("409 stock_in_use", refused.ToString());
        Assert.Equal((3, 2), (refused.Body.GetProperty("taken").GetInt32(), refused.Body.GetProperty("available").GetInt32()));
        Assert.Equal("201 ", (await staff.MoveAsync(variant, -2, "corrected")).ToString());
        Assert.Equal("409 stock_in_use", (await staff.MoveAsync(variant, -1, "corrected")).ToString());
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from inventory.movements m join inventory.pools p on p.id = m.pool_id where p.kind = 'variant' and p.subject_id = $1", variant));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(stock: 1);
        var path = $"/api/variants/{variant}/movements/";
        await staff.PostAsJsonAsync(path, new { }).InvalidAsync("quantity", "reason");
        await staff.PostAsJsonAsync(path, new { quantity = 0, reason = "corrected" }).InvalidAsync("quantity");
        await staff.PostAsJsonAsync(path, new { quantity = -1, reason = "received" }).InvalidAsync("quantity");
        await staff.PostAsJsonAsync(path, new { quantity = -1, reason = "returned" }).InvalidAsync("quantity");
        await staff.PostAsJsonAsync(path, new { quantity = 1, reason = "sold" }).InvalidAsync("reason");
        await staff.PostAsJsonAsync(path, new { quantity = 1_000_001, reason = "received", note = new string('x', 501) }).InvalidAsync("quantity", "note");
        await staff.PostAsJsonAsync("/api/variants/999999/movements/", new { quantity = 1, reason = "received" }).RefusedAsync(404, "variant_not_found");
        await staff.GetAsync("/api/variants/999999/movements/").RefusedAsync(404, "variant_not_found");
        await server.ExecuteAsync("update inventory.pools set capacity = 2147483647 where kind = 'variant' and subject_id = $1", variant);
        await staff.PostAsJsonAsync(path, new { quantity = 1, reason = "received" }).InvalidAsync("quantity");
        await server.ExecuteAsync("update inventory.pools set capacity = 1 where kind = 'variant' and subject_id = $1", variant);
        Assert.Equal(1, (int)(await staff.GetJsonAsync(path))["count"]!);
    }

    [Fact]
    public async Task Corrections_and_orders_at_once_never_sell_what_is_not_there()
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(stock: 20);

        var moves = Enumerable.Range(0, 20).Select(n => staff.MoveAsync(variant, n % 2 == 0 ? -2 : 1, "corrected")).ToList();
        var orders = Enumerable.Range(0, 20).Select(_ => TryPlaceAsync(variant, 1)).ToList();
        var moved = (await Task.WhenAll(moves)).Tally();
        var placed = await Task.WhenAll(orders);

        Assert.All(moved.Keys, answer => Assert.Contains(answer, (string[])["201 ", "409 stock_in_use"]));
        Assert.Equal(placed.Count(decision => decision.Order is not null), await server.StockTakenAsync(variant));
        await server.VerifyAsync();
    }

    [Theory]
    [InlineData("update inventory.pools set capacity = capacity + 1 where kind = 'variant' and subject_id = $1", "has 6 in stock altogether, its movements add up to 5")]
    [InlineData("update shop.variants set value_ids = value_ids || 999999::bigint where id = $1", "says it has the values")]
    [InlineData("delete from shop.variant_values where variant_id = $1", "says it has the values")]
    [InlineData("update shop.products set rating_total = 5, rating_count = 1 where id = (select product_id from shop.variants where id = $1)", "has 5 stars in 1 reviews, its reviews add up to 0 in 0")]
    public async Task A_drift_is_reported(string sql, string expected)
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(stock: 5, attributes: new JsonObject { ["Drift"] = "x" });
        await server.VerifyAsync();
        await server.ExecuteAsync(sql, variant);
        Assert.Contains(await server.FindDriftsAsync(), drift => drift.Contains(expected, StringComparison.Ordinal));
        await server.ExecuteAsync("update inventory.pools set capacity = 5 where kind = 'variant' and subject_id = $1", variant);
        await server.ExecuteAsync("delete from shop.variant_values where variant_id = $1", variant);
        await server.ExecuteAsync("update shop.variants set value_ids = '{}' where id = $1", variant);
        await server.ExecuteAsync("update shop.products set rating_total = 0, rating_count = 0 where id = (select product_id from shop.variants where id = $1)", variant);
    }

    private static string Show(JsonNode? row) => $"{row!["quantity"]} {row["reason"]} {row["note"]}".TrimEnd();

    private async Task<OrderState> PlaceAsync(long variant, int quantity) => (await TryPlaceAsync(variant, quantity)).Order!;

    private Task<OrderDecision> TryPlaceAsync(long variant, int quantity) => Claims.DecideAsync(
        new PlaceOrder(
            new Guid(RandomNumberGenerator.GetBytes(16)), UserId: null, new byte[32], new OrderContact("Oʻgʻiloy", "o@example.org", "+998901234567", "Tashkent", Note: null), "uz",
            TimeSpan.FromMinutes(30), [new WantedItem(variant, quantity)]),
        CancellationToken.None);
}
