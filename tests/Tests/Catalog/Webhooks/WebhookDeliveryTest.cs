using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Maydon.Catalog.Webhooks.Sending;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Maydon.Tests.Catalog.Webhooks;

/// <summary>What receivers are sent, in which order, and what becomes of it when they do not take it.</summary>
public sealed class WebhookDeliveryTest(WebhookServer hooks) : IClassFixture<WebhookServer>
{
    private TestServer Server => hooks.Server;

    private WebhookReceiver Receiver => hooks.Receiver;

    [Fact]
    public async Task What_is_changed_is_sent_once_signed_and_as_the_feed_tells_it()
    {
        await hooks.AddAsync("projects", 1);
        var start = await Server.ScalarAsync<string>("select catalog.cursor_of(position, list, record_id, version, at) from catalog.changes order by position desc limit 1");
        var subscription = await hooks.BeginAsync();
        var code = RecordScene.NewCode();
        await hooks.Keeper.AddRecordAsync("project", code, name: "Ўзбек & <b>");
        await hooks.Keeper.AddRecordAsync("client", RecordScene.NewCode());
        await hooks.Keeper.SendRecordAsync(HttpMethod.Patch, RecordScene.At("project", code), new { name = "Other", description = "<p>1</p>" });
        await hooks.Keeper.DeleteAsync(RecordScene.At("project", code));

        // What traces this server tells nobody of them.
        using (new Activity("sending").Start())
        {
            await hooks.DrainAsync();
            await hooks.DrainAsync();
        }

        var received = Assert.Single(Receiver.Deliveries);
        Assert.Equal((subscription.Path, "changes", "application/json; charset=utf-8"), (received.Path, received.Headers["Maydon-Event"], received.Headers["Content-Type"]));
        Assert.DoesNotContain(received.Headers.Keys, header => header is "traceparent" or "Cookie" or "Authorization");
        Assert.True(received.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow()));
        Assert.False(received.IsSignedBy(subscription.Secret + "x", Server.Clock.GetUtcNow()));
        Assert.False(received.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow(), received.Body.Replace("Other", "Mother", StringComparison.Ordinal)));
        Assert.False(received.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow().AddMinutes(6)));
        var feed = (await hooks.Keeper.GetJsonAsync($"/api/v1/changes/?since={start}"))["results"]!.AsArray().Where(change => (string)change!["list"]! == "project").ToList();
        Assert.Equal(["created", "updated", "deleted"], feed.Select(change => (string)change!["kind"]!));
        Assert.True(JsonNode.DeepEquals(new JsonArray([.. feed.Select(change => change!.DeepClone())]), received.Json["changes"]), received.Body);
        Assert.Equal(
            (received.Delivery, subscription.Id, "changes", "project", start, (string)feed[^1]!["cursor"]!),
            ((string)received.Json["id"]!, (long)received.Json["subscription"]!, (string)received.Json["event"]!, (string)received.Json["list"]!, (string)received.Json["since"]!, (string)received.Json["next"]!));
        var logged = Assert.Single((await hooks.Keeper.GetJsonAsync(subscription.At("deliveries/")))["results"]!.AsArray());
        Assert.Equal(received.Delivery, (string)logged!["sent_as"]!);
        Assert.Equal(("delivered", 1, 200, 3), ((string)logged!["state"]!, (int)logged["attempts"]!, (int)logged["status"]!, (int)logged["changes"]!));

        // The next goes on where this one ended, though others were changed in between. After a restored backup it would have the same number, but is another.
        await Server.ExecuteAsync("delete from catalog.webhook_deliveries");
        await Server.ExecuteAsync($"alter table catalog.webhook_deliveries alter id restart with {(long)logged["id"]!}");
        await hooks.AddAsync("clients", 3);
        await hooks.DrainAsync();
        await hooks.AddAsync("projects", 1);
        await hooks.DrainAsync();
        Assert.Equal((string)received.Json["next"]!, (string)Receiver.Deliveries.Last().Json["since"]!);
        Assert.Equal(2, Receiver.Deliveries.Count);
        Assert.Equal((long)logged["id"]!, await Server.ScalarAsync<long>("select id from catalog.webhook_deliveries"));
        Assert.Equal(2, Receiver.Deliveries.Select(delivery => delivery.Delivery).Distinct().Count());
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task Many_changes_come_in_order_a_hundred_or_a_megabyte_at_a_time()
    {
        var subscription = await hooks.BeginAsync("nomenklatura");
        await hooks.AddAsync("items", 250);
        await hooks.DrainAsync();
        // Full parts follow each other in one turn.
        Assert.Equal(1, await Server.ScalarAsync<long>("select lease from catalog.webhooks"));
        await Server.ExecuteAsync("""
            insert into catalog.items (code, name, description, created_at, updated_at)
            select 'L' || gen_random_uuid(), 'Long', repeat('я', 50000), now(), now() from generate_series(1, 9)
            """);
        await hooks.DrainAsync();

        Assert.Equal([100, 100, 50, 3, 3, 3], Receiver.Deliveries.Select(delivery => delivery.Json["changes"]!.AsArray().Count));
        var positions = Receiver.Deliveries.SelectMany(delivery => delivery.Json["changes"]!.AsArray()).Select(change => long.Parse(((string)change!["cursor"]!).Split('-')[0])).ToList();
        Assert.Equal(positions.Order(), positions);
        Assert.Equal(259, positions.Distinct().Count());
        Assert.Equal(Receiver.Deliveries.SkipLast(1).Select(delivery => (string)delivery.Json["next"]!), Receiver.Deliveries.Skip(1).Select(delivery => (string)delivery.Json["since"]!));
        Assert.All(Receiver.Deliveries, delivery => Assert.True(delivery.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow())));
        Assert.All(Receiver.Deliveries, delivery => Assert.InRange(Encoding.UTF8.GetByteCount(delivery.Body), 1, 1_000_000));
        await Server.VerifyAsync();

        // One that is missing would be seen.
        await Server.ExecuteAsync("delete from catalog.webhook_deliveries where id = (select id from catalog.webhook_deliveries order by id offset 1 limit 1)");
        Assert.Contains(await Server.FindDriftsAsync(), drift => drift.Contains("goes on after", StringComparison.Ordinal));
        await Server.ExecuteAsync("update catalog.webhooks set told = told + 1000000");
        Assert.Contains(await Server.FindDriftsAsync(), drift => drift.Contains("and the feed ends with", StringComparison.Ordinal));
        await Server.ExecuteAsync("delete from catalog.webhooks");
    }

    [Fact]
    public async Task A_body_stays_below_a_megabyte_also_of_images_and_of_records_that_come_and_come_back()
    {
        await hooks.BeginAsync();
        await Server.ExecuteAsync("""
            insert into catalog.projects (code, name, description, created_at, updated_at)
            select 'I' || gen_random_uuid(), 'Many', repeat('Ўз<b>"', 5000), now(), now() from generate_series(1, 60);
            update catalog.projects set updated_at = now(), images = (
                select jsonb_agg(jsonb_build_object('id', n, 'image_url', '/media/catalog/' || md5(n::text) || '.png', 'width', 1, 'height', 1, 'is_main', false, 'category', null, 'note', null, 'position', n))
                from generate_series(1, 100) n)
            where code like 'I%';
            update catalog.projects set updated_at = now(), is_deleted = true where code like 'I%';
            update catalog.projects set updated_at = now(), is_deleted = false where code like 'I%';
            update catalog.projects set updated_at = now(), images = '[]' where code like 'I%';
            """);
        await hooks.DrainAsync();

        Assert.Equal(300, Receiver.Deliveries.Sum(delivery => delivery.Codes.Count()));
        Assert.InRange(Receiver.Deliveries.Max(delivery => Encoding.UTF8.GetByteCount(delivery.Body)), 400_000, 1_000_000);
        await Server.VerifyAsync();
    }

    /// <summary>Else every such word would begin another request beside the one that is under way.</summary>
    [Fact]
    public async Task Who_says_of_a_subscription_what_it_is_takes_nobodys_turn()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 1);
        var turns = Server.App.Services.GetRequiredService<WebhookTurns>();
        var turn = Assert.Single(await turns.TakeAsync(default));
        var attempt = await turns.BeginAsync(turn, default);
        await ChangeAsync(subscription, new { is_active = true, url = new Uri(Receiver.Address, subscription.Path).ToString() });
        Assert.Empty(await turns.TakeAsync(default));
        await turns.EndAsync(turn, attempt!, new ReceiverAnswer(200, "", Error: null, 1), mayGoOn: false, default);
        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
    }

    [Theory]
    [InlineData("moved")]
    [InlineData("switched")]
    [InlineData("rotated")]
    public async Task What_was_under_way_when_a_subscription_was_changed_has_no_say_any_more(string how)
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 1);
        var turns = Server.App.Services.GetRequiredService<WebhookTurns>();
        var turn = Assert.Single(await turns.TakeAsync(default));
        var attempt = await turns.BeginAsync(turn, default);
        if (how == "rotated")
            (await hooks.Keeper.PostAsync(subscription.At("rotate-secret/"), content: null)).EnsureSuccessStatusCode().Dispose();
        else if (how == "moved")
            await ChangeAsync(subscription, new { url = new Uri(Receiver.Address, "/elsewhere").ToString() });
        else
            foreach (var isActive in new[] { false, true })
                await ChangeAsync(subscription, new { is_active = isActive });

        // What the old address says is no news of this one, and the delivery begins anew.
        await turns.EndAsync(turn, attempt!, new ReceiverAnswer(410, "gone", Error: null, 1), mayGoOn: false, default);
        Assert.Equal("waiting|0", await hooks.StateAsync(subscription));
        Assert.True((bool)(await hooks.Keeper.GetJsonAsync(subscription.At()))["is_active"]!);
        await hooks.DrainAsync();
        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
        Assert.Equal(how == "moved" ? "/elsewhere" : subscription.Path, Assert.Single(Receiver.Deliveries).Path);
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_for_three_days_in_order_and_then_the_next_comes()
    {
        var subscription = await hooks.BeginAsync();
        Receiver.Answer = (delivery, context) => Task.FromResult(context.Response.StatusCode = delivery.Body == Receiver.Deliveries.First().Body ? 503 : 204);
        await hooks.AddAsync("projects", 1);
        await hooks.DrainAsync();
        await hooks.AddAsync("projects", 1);
        var waits = new List<double>();
        var began = Server.Clock.Now();
        while (await Server.ScalarAsync<DateTime>("select next_attempt_at from catalog.webhook_deliveries where state = 'waiting'") is var next && next != default)
        {
            await hooks.DrainAsync();
            var wait = next - Server.Clock.Now().UtcDateTime;
            waits.Add(wait.TotalSeconds);
            Server.Clock.Advance(wait - TimeSpan.FromSeconds(2));
            await hooks.DrainAsync();
            Assert.Equal(waits.Count, Receiver.Deliveries.Count);
            Server.Clock.Advance(TimeSpan.FromSeconds(2));
            await hooks.DrainAsync();
        }

        Assert.InRange(waits[0], 11, 19);
        Assert.InRange(waits[3], 90, 150);
        Assert.InRange(waits[^1], 2_870, 4_330);
        Assert.InRange((Server.Clock.Now() - began).TotalHours, 70.5, 72.1);
        var first = await Server.ScalarAsync<long>("select min(id) from catalog.webhook_deliveries");
        Assert.Equal($"dead|{waits.Count + 1}|503", await hooks.StateAsync(subscription, first));
        Assert.Equal("delivered|1|204", await hooks.StateAsync(subscription));
        Assert.All(Receiver.Deliveries.SkipLast(1), delivery => Assert.Equal(Receiver.Deliveries.First().Body, delivery.Body));
        Assert.Equal(CheckStatus.Failed, (await hooks.CheckAsync()).Status);
        await Server.VerifyAsync();

        // Repeated and taken, it is mended.
        using (var replayed = await hooks.Keeper.PostAsync(subscription.At($"deliveries/{first}/replay/"), content: null))
            Assert.Equal(202, (int)replayed.StatusCode);
        Receiver.AnswerWith(200);
        await hooks.DrainAsync();
        var (original, repeated) = (Receiver.Deliveries.First(), Receiver.Deliveries.Last());
        Assert.Equal(original.Body, repeated.Body);
        Assert.Equal(original.Delivery, repeated.Delivery);
        Assert.NotEqual(original.Signature, repeated.Signature);
        Assert.True(repeated.IsSignedBy(subscription.Secret, Server.Clock.GetUtcNow()));
        Assert.Equal(CheckStatus.Passed, (await hooks.CheckAsync()).Status);
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task An_answer_is_kept_shortened_and_no_answer_says_why()
    {
        var subscription = await hooks.BeginAsync();
        Receiver.AnswerWith(418, new string('я', 5_000) + "\0");
        await AskAsync(subscription, "ping/");
        await hooks.DrainAsync();
        Assert.Equal(new string('я', 500), await Server.ScalarAsync<string>("select answer from catalog.webhook_deliveries"));
        Assert.Equal("waiting|1|418", await hooks.StateAsync(subscription));
        Assert.Equal(("ping", "ping", 0), ((string)Receiver.Deliveries.Single().Json["event"]!, Receiver.Deliveries.Single().Headers["Maydon-Event"], Receiver.Deliveries.Single().Json["changes"]!.AsArray().Count));

        // A redirect is an answer like any other: nobody goes there.
        Receiver.Answer = (_, context) =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await AgainAsync();
        Assert.Equal("waiting|2|302", await hooks.StateAsync(subscription));
        Assert.Empty(Receiver.At("/elsewhere"));

        Receiver.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        await AgainAsync();
        Assert.Equal("waiting|3", await hooks.StateAsync(subscription));
        Assert.Equal("No answer within 2 seconds.", await Server.ScalarAsync<string>("select error from catalog.webhook_deliveries"));
        Assert.InRange(await Server.ScalarAsync<int>("select duration_ms from catalog.webhook_deliveries"), 1_900, 8_000);

        // What was answered counts, though the rest of it never comes.
        Receiver.Answer = async (_, context) =>
        {
            await context.Response.WriteAsync("Taken, and");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        await AgainAsync();
        Assert.Equal("delivered|4|200", await hooks.StateAsync(subscription));
        Assert.Equal("Taken, and", await Server.ScalarAsync<string>("select answer from catalog.webhook_deliveries"));

        async Task AgainAsync()
        {
            Server.Clock.Advance(TimeSpan.FromMinutes(10));
            await hooks.DrainAsync();
        }
    }

    [Fact]
    public async Task Switched_off_it_is_sent_nothing_and_switched_on_again_all_that_was_kept_back()
    {
        var subscription = await hooks.BeginAsync();
        await ChangeAsync(subscription, new { is_active = false });
        await hooks.AddAsync("projects", 2);
        await hooks.DrainAsync();
        Assert.Empty(Receiver.Deliveries);
        await hooks.Keeper.PostAsync(subscription.At("ping/"), content: null).RefusedAsync(409, "webhook_inactive");

        await ChangeAsync(subscription, new { is_active = true });
        Receiver.AnswerWith(410);
        await hooks.DrainAsync();
        Assert.Single(Receiver.Deliveries);
        var gone = await hooks.Keeper.GetJsonAsync(subscription.At());
        Assert.Equal((false, true, 1), ((bool)gone["is_active"]!, gone["gone_at"] is not null, (int)gone["waiting"]!));
        Assert.Contains($"said it was gone: {subscription.Id}", (await hooks.CheckAsync()).Found, StringComparison.Ordinal);
        Server.Clock.Advance(TimeSpan.FromDays(5));
        await hooks.DrainAsync();
        Assert.Single(Receiver.Deliveries);

        // It has moved: what waited comes there at once.
        Receiver.AnswerWith(200);
        await ChangeAsync(subscription, new { is_active = true, url = new Uri(Receiver.Address, "/moved").ToString() });
        await hooks.DrainAsync();
        Assert.Equal(2, Assert.Single(Receiver.At("/moved")).Codes.Count());
        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
        Assert.Null((await hooks.Keeper.GetJsonAsync(subscription.At()))["gone_at"]);
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task Of_two_nodes_one_sends()
    {
        Subscription[] subscriptions = [await hooks.BeginAsync(), .. await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => hooks.SubscribeAsync()))];
        for (var round = 0; round < 4; round++)
        {
            await hooks.AddAsync("projects", 130);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(n => hooks.DrainAsync(n % 2 == 0 ? Server : hooks.Other)));
        }

        foreach (var subscription in subscriptions)
        {
            var codes = Receiver.At(subscription.Path).SelectMany(delivery => delivery.Codes).ToList();
            Assert.Equal((520, 520), (codes.Count, codes.Distinct().Count()));
        }

        await Server.VerifyAsync();

        // Without the turn that one has and the other has not, it would be sent twice: both begin it.
        await hooks.AddAsync("projects", 1);
        var turns = Server.App.Services.GetRequiredService<WebhookTurns>();
        Assert.Equal(10, (await turns.TakeAsync(default)).Count);
        Assert.Empty(await hooks.Other.App.Services.GetRequiredService<WebhookTurns>().TakeAsync(default));
        await Server.ExecuteAsync("update catalog.webhooks set leased_until = null");
        Assert.Equal(10, (await turns.TakeAsync(default)).Count);
        await Server.ExecuteAsync("update catalog.webhooks set leased_until = null");
    }

    [Fact]
    public async Task Whoever_is_killed_between_sending_and_writing_down_leaves_nothing_out()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 3);
        var turns = hooks.Other.App.Services.GetRequiredService<WebhookTurns>();
        var turn = Assert.Single(await turns.TakeAsync(default));
        // Killed before it had begun, and once more after it had sent.
        Server.Clock.Advance(TimeSpan.FromSeconds(30));
        await hooks.DrainAsync();
        Assert.Empty(Receiver.Deliveries);
        Server.Clock.Advance(TimeSpan.FromSeconds(31));
        turn = Assert.Single(await turns.TakeAsync(default));
        var attempt = await turns.BeginAsync(turn, default);
        var answer = await hooks.Other.App.Services.GetRequiredService<SendDelivery>().SendAsync(attempt!, default);
        Assert.Equal(200, answer.Status);
        await hooks.DrainAsync();
        Assert.Single(Receiver.Deliveries);

        Server.Clock.Advance(TimeSpan.FromSeconds(61));
        await hooks.DrainAsync();
        Assert.Equal(2, Receiver.Deliveries.Count);
        Assert.Single(Receiver.Deliveries.Select(delivery => delivery.Body).Distinct());
        Assert.Equal("delivered|2|200", await hooks.StateAsync(subscription));
        // It was only slow, and is too late to say anything.
        await turns.EndAsync(turn, attempt!, new ReceiverAnswer(500, "late", Error: null, 1), mayGoOn: false, default);
        Assert.Equal("delivered|2|200", await hooks.StateAsync(subscription));
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task Whoever_hangs_holds_up_nobody_else()
    {
        var slow = await hooks.BeginAsync();
        var quick = await hooks.SubscribeAsync();
        var hung = new TaskCompletionSource();
        Receiver.Answer = async (delivery, context) =>
        {
            if (delivery.Path != slow.Path)
                return;
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            hung.TrySetResult();
        };
        await hooks.AddAsync("projects", 350);
        var draining = hooks.DrainAsync();
        var watch = Stopwatch.StartNew();
        while (Receiver.At(quick.Path).Count < 4 && watch.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(10);

        Assert.Equal((350, false), (Receiver.At(quick.Path).Sum(delivery => delivery.Codes.Count()), hung.Task.IsCompleted));
        await draining;
        Assert.Single(Receiver.At(slow.Path));
        await Server.VerifyAsync();
    }

    private async Task AskAsync(Subscription subscription, string what)
    {
        using var answer = await hooks.Keeper.PostAsync(subscription.At(what), content: null);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    private async Task ChangeAsync(Subscription subscription, object change)
    {
        using var answer = await hooks.Keeper.PatchAsJsonAsync(subscription.At(), change);
        Assert.Equal(200, (int)answer.StatusCode);
    }
}
