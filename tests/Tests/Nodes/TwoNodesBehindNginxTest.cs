using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Catalog;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Carts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Nodes;

/// <summary>Two nodes act as one.</summary>
public sealed class TwoNodesBehindNginxTest(TwoNodes town) : IClassFixture<TwoNodes>
{
    [Fact]
    public async Task A_cart_is_the_same_at_either_and_counts_every_add_once()
    {
        var thing = await town.Office.AddVariantAsync(stock: 100, price: 12m);
        using var guest = town.Visit();
        var first = await guest.AddAsync(thing);
        Assert.EndsWith("; secure; samesite=lax; httponly", Assert.Single(first.Cookies), StringComparison.Ordinal);
        var before = await town.Nginx.CountAsync("POST /api/cart/");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guest.AddAsync(thing)));
        for (var n = 0; n < 4; n++)
            Assert.Equal(($"{thing.Id}×21", "252.00"), ((await guest.GetCartAsync()) is var cart ? cart.Lines : "", cart.Total));

        var after = await town.Nginx.CountAsync("POST /api/cart/");
        Assert.Equal([10, 10], after.Zip(before, (now, then) => now - then));

        // Signing in merges, at whichever node it is noticed first.
        var account = await town.CreatePersonAsync();
        guest.DefaultRequestHeaders.Authorization = new("Bearer", town.Office.MintAccessToken(account));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => guest.GetCartAsync()));
        Assert.Equal($"{thing.Id}×21", (await guest.GetCartAsync()).Lines);
    }

    [Fact]
    public async Task A_record_has_its_address_through_nginx_and_is_never_older_at_the_other_node()
    {
        using var keeper = town.Visit(await town.Office.CreateUserAsync("staff", "superuser"));
        foreach (var code in new[] { "НФ/1.5 (а)", "a//b", "50%25", "x/restore" })
        {
            await keeper.AddRecordAsync("project", code);
            for (var n = 0; n < 6; n++)
            {
                var (status, _, _) = await keeper.SendRecordAsync(HttpMethod.Patch, RecordScene.At("project", code), new { title = $"T{n}" });
                Assert.Equal(200, status);
                Assert.Equal((code, $"T{n}"), ((await keeper.ReadRecordAsync(RecordScene.At("project", code))) is var read ? (string)read["code_1c"]! : "", (string)read["title"]!));
            }
        }
    }

    [Fact]
    public async Task A_session_that_is_ended_at_one_is_ended_at_both()
    {
        var account = await town.CreatePersonAsync();
        using var visitor = town.Visit();
        using var login = await visitor.PostAsJsonAsync("/auth/login", new { email = account.Email, password = TwoNodes.Password });
        var access = (string?)(await login.ReadAsync())["access"];
        HttpClient[] doors = [town.Go(0), town.Go(1)];
        foreach (var door in doors)
        {
            door.DefaultRequestHeaders.Authorization = new("Bearer", access);
            Assert.Equal(HttpStatusCode.OK, (await door.GetAsync("/auth/sessions")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await doors[0].PostAsJsonAsync("/auth/logout", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await doors[0].GetAsync("/auth/sessions")).StatusCode);
        for (var n = 0; (await doors[1].GetAsync("/auth/sessions")).StatusCode != HttpStatusCode.Unauthorized; n++)
        {
            Assert.True(n < 100, "After ten seconds the other node still lets the session in.");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task Requests_are_counted_once()
    {
        using var visitor = town.Visit();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => visitor.GetAsync("/api/v1/nothing/")));
        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.NotFound));
        Assert.Equal(20, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal([15, 15], await town.Nginx.CountAsync("GET /api/v1/nothing/"));
    }

    [Fact]
    public async Task A_key_stands_for_one_change_at_both()
    {
        var thing = await town.Office.AddVariantAsync(stock: 100);
        using var guest = town.Visit();
        await guest.AddAsync(thing);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guest.AddAsync(thing, 2, key: "nodes")));
        Assert.All(answers, answer => Assert.True(answer.Status == 200 || answer.ToString() == "409 in_progress", answer.ToString()));
        Assert.Single(answers, answer => answer is { Status: 200, Replayed: false });
        Assert.Equal($"{thing.Id}×3", (await guest.GetCartAsync()).Lines);

        var eventId = await town.Office.AddEventAsync(capacity: 5);
        var account = await town.Office.CreateUserAsync();
        HttpClient[] doors = [town.Go(0, account), town.Go(1, account)];
        foreach (var door in doors)
            door.DefaultRequestHeaders.Add("Idempotency-Key", "seat");
        Assert.Equal("201 registered", (await doors[0].RegisterAsync(eventId)).ToString());
        Assert.Equal("201 registered", (await doors[1].RegisterAsync(eventId)).ToString());
        Assert.Equal(1, await town.Office.TakenAsync(eventId));
    }

    [Fact]
    public async Task Nothing_is_given_twice_when_everybody_comes_at_once()
    {
        var eventId = await town.Office.AddEventAsync(capacity: 3);
        var people = new List<HttpClient>();
        for (var n = 0; n < 30; n++)
            people.Add(town.Visit(await town.Office.CreateUserAsync()));
        var answers = await Task.WhenAll(people.Select(person => person.RegisterAsync(eventId)));
        Assert.Equal(new Dictionary<string, int> { ["201 registered"] = 3, ["409 event_full"] = 27 }, answers.Tally());

        var thing = await town.Office.AddVariantAsync(stock: 5);
        var buyers = Enumerable.Range(0, 20).Select(_ => town.Visit()).ToList();
        foreach (var buyer in buyers)
            Assert.Equal(200, (await buyer.AddAsync(thing)).Status);
        var orders = await Task.WhenAll(buyers.Select(buyer => buyer.CheckOutAsync()));
        Assert.Equal(new Dictionary<string, int> { ["201 pending"] = 5, ["409 out_of_stock"] = 15 }, orders.Tally());

        // One cart submitted at both nodes at once is one order.
        var plenty = await town.Office.AddVariantAsync(stock: 100);
        using var hasty = town.Visit();
        await hasty.AddAsync(plenty, 2);
        var submitted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hasty.CheckOutAsync()));
        Assert.Contains(submitted, answer => answer.ToString() == "201 pending");
        Assert.Equal(1L, await town.Office.ScalarAsync<long>("select count(*) from shop.order_lines where variant_id = $1", plenty.Id));
        Assert.Equal("", (await hasty.GetCartAsync()).Lines);
        await town.Office.VerifyAsync();
    }

    [Fact]
    public async Task What_is_left_of_a_product_is_right_at_both_as_soon_as_an_order_is_answered()
    {
        var thing = await AddShownAsync(await town.Office.CreateUserAsync("staff"));
        HttpClient[] readers = [town.Go(0), town.Go(1)];
        var address = $"/api/products/{thing.ProductId}/";
        using var buyer = town.Visit();
        for (var n = 1; n <= 10; n++)
        {
            await buyer.AddAsync(thing, 2);
            foreach (var reader in readers)
                await reader.GetJsonAsync(address);
            Assert.Equal("201 pending", (await buyer.CheckOutAsync()).ToString());
            foreach (var reader in readers)
                Assert.Equal(100 - (2 * n), (int)(await reader.GetJsonAsync(address))["variants"]![0]!["available"]!);
        }
    }

    [Fact]
    public async Task What_is_read_at_one_is_never_older_than_what_was_answered_at_the_other()
    {
        var staff = await town.Office.CreateUserAsync("staff");
        var thing = await AddShownAsync(staff);
        HttpClient[] doors = [town.Go(0, staff), town.Go(1, staff)];
        HttpClient[] readers = [town.Go(0), town.Go(1)];
        var address = $"/api/products/{thing.ProductId}/";
        for (var n = 0; n < 20; n++)
        {
            var (writer, reader) = (doors[n % 2], readers[(n + 1) % 2]);
            // Kept by the other node before it changes here.
            await reader.GetJsonAsync(address);
            using (var changed = await writer.PatchAsJsonAsync(address, new JsonObject { ["name"] = $"Thing {n}" }))
                Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            Assert.Equal($"Thing {n}", (string?)(await reader.GetJsonAsync(address))["name"]);

            using (var moved = await writer.PostAsJsonAsync($"/api/variants/{thing.Id}/movements/", new JsonObject { ["quantity"] = 1, ["reason"] = "received" }))
                Assert.Equal(HttpStatusCode.Created, moved.StatusCode);
            Assert.Equal(101 + n, (int)(await reader.GetJsonAsync(address))["variants"]![0]!["available"]!);
        }
    }

    [Fact]
    public async Task Scheduled_work_is_done_once()
    {
        await town.Office.ExecuteAsync(
            """
            create table runs (name text, started_at timestamptz);
            create function note_run() returns trigger language plpgsql as $$ begin insert into runs values (new.name, new.started_at); return new; end $$;
            create trigger note_run after insert or update on kernel.job_runs for each row execute function note_run();
            """);
        await town.Office.EventuallyAsync("select count(*) from quartz.qrtz_scheduler_state", 2);
        // The heartbeat comes with every minute: whoever runs it, one does.
        await town.Office.EventuallyAsync("select count(*) from runs where name = 'kernel.heartbeat'", 1);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(0L, await town.Office.ScalarAsync<long>("select count(*) from (select 1 from runs group by name, date_trunc('minute', started_at) having name = 'kernel.heartbeat' and count(*) > 1) twice"));
    }

    /// <summary>What was written beside the API is shown once something is written through it.</summary>
    private async Task<TestVariant> AddShownAsync(TestAccount staff)
    {
        var thing = await town.Office.AddVariantAsync(stock: 100);
        using var writer = town.Go(0, staff);
        using var changed = await writer.PatchAsJsonAsync($"/api/products/{thing.ProductId}/", new JsonObject { ["name"] = "Shown" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        return thing;
    }
}

internal static class Checkout
{
    public static Task<Answer> CheckOutAsync(this HttpClient buyer, string? key = null)
    {
        return SendAsync();

        async Task<Answer> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/checkout/")
            {
                Content = JsonContent.Create(new JsonObject { ["full_name"] = "Buyer", ["email"] = "buyer@example.org", ["phone"] = "+998901234567", ["address"] = "Street 1" }),
            };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var response = await buyer.SendAsync(request);
            return await response.ReadAnswerAsync();
        }
    }
}
