using Maydon.Catalog.Webhooks.Sending;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Webhooks;

/// <summary>What goes wrong on this side: in the database, in a body, with a key.</summary>
public sealed class WebhookFaultTest(WebhookServer hooks) : IClassFixture<WebhookServer>
{
    private TestServer Server => hooks.Server;

    [Fact]
    public async Task A_delivery_that_can_never_be_made_backs_off_dies_and_lets_the_others_through()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 1);
        var turns = Server.App.Services.GetRequiredService<WebhookTurns>();
        Assert.NotNull(await turns.BeginAsync(Assert.Single(await turns.TakeAsync(default)), default));
        // There is no such change, which is a bug.
        await Server.ExecuteAsync("update catalog.webhook_deliveries set since = -1");
        await hooks.AddAsync("projects", 1);
        var began = Server.Clock.GetUtcNow();
        while (await hooks.StateAsync(subscription) is { } state && state.StartsWith("waiting", StringComparison.Ordinal) && Server.Clock.GetUtcNow() < began.AddDays(4))
        {
            Server.Clock.Advance(TimeSpan.FromMinutes(10));
            await hooks.DrainAsync();
        }

        Assert.InRange((Server.Clock.GetUtcNow() - began).TotalHours, 71, 75);
        Assert.InRange(await Server.ScalarAsync<int>("select attempts from catalog.webhook_deliveries where state = 'dead'"), 60, 90);
        Assert.Equal("It has begun, and how it ended is not known.", await Server.ScalarAsync<string>("select error from catalog.webhook_deliveries where state = 'dead'"));
        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
        Assert.Single(Assert.Single(hooks.Receiver.Deliveries).Codes);
    }

    [Fact]
    public async Task What_was_taken_is_written_down_when_the_database_comes_back()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 1);
        await Server.ExecuteAsync("""
            create function catalog.blip() returns trigger language plpgsql as $$ begin raise exception 'away'; end $$;
            create trigger blip before update on catalog.webhook_deliveries for each row when (new.state = 'delivered') execute function catalog.blip();
            """);
        var draining = hooks.DrainAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await Server.ExecuteAsync("drop function catalog.blip cascade");
        await draining;

        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
        Assert.Single(hooks.Receiver.Deliveries);
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task A_secret_that_cannot_be_opened_uses_up_none_of_the_days_and_a_new_one_sends_at_once()
    {
        var subscription = await hooks.BeginAsync();
        await hooks.AddAsync("projects", 1);
        // The receiver's days are nearly over.
        hooks.Receiver.AnswerWith(500);
        await hooks.DrainAsync();
        Server.Clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromSeconds(5));
        await Server.ExecuteAsync("update catalog.webhooks set secret = decode(repeat('00', octet_length(secret)), 'hex')");
        for (var hour = 0; hour < 100; hour++)
        {
            await hooks.DrainAsync();
            Server.Clock.Advance(TimeSpan.FromHours(1.25));
        }

        Assert.Equal("waiting|101", await hooks.StateAsync(subscription));
        Assert.StartsWith("The secret was sealed under another SECRET_KEY", await Server.ScalarAsync<string>("select error from catalog.webhook_deliveries"), StringComparison.Ordinal);
        Assert.Single(hooks.Receiver.Deliveries);
        hooks.Receiver.AnswerWith(200);
        await hooks.DrainAsync();
        (await hooks.Keeper.PostAsync(subscription.At("rotate-secret/"), content: null)).EnsureSuccessStatusCode().Dispose();
        await hooks.DrainAsync();
        Assert.Equal("delivered|1|200", await hooks.StateAsync(subscription));
        await Server.VerifyAsync();
    }

    [Fact]
    public async Task Nobody_is_woken_by_changes_of_another_list_and_a_shutdown_waits_for_one_part()
    {
        await hooks.BeginAsync();
        var turns = Server.App.Services.GetRequiredService<WebhookTurns>();
        await hooks.AddAsync("clients", 3);
        Assert.Empty(await turns.TakeAsync(default));
        await hooks.AddAsync("projects", 150);
        var turn = Assert.Single(await turns.TakeAsync(default));
        var attempt = await turns.BeginAsync(turn, default);
        Assert.False(await turns.EndAsync(turn, attempt!, new ReceiverAnswer(200, "", Error: null, 1), mayGoOn: false, default));
        // Whoever shuts down leaves the rest to others at once.
        turn = Assert.Single(await turns.TakeAsync(default));
        Assert.Equal(50, (await turns.BeginAsync(turn, default))!.Changes);
    }
}
