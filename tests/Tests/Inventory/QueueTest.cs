using System.Net;
using Maydon.Inventory.Claims;
using Maydon.Inventory.Claims.Writing;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Maydon.Tests.Inventory;

/// <summary>The queue in front of the writer: bounded, left by who has gone, worked off before the server ends.</summary>
public sealed class QueueTest(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StoreClaims.StartAsync(postgres, builder => builder.Services.Replace(ServiceDescriptor.Singleton(new ClaimQueueOptions(Capacity: 3, BatchLimit: 2) { LockPatience = TimeSpan.FromSeconds(5) })));
        await _server.StockAsync((1, 100));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_full_queue_answers_503_with_Retry_After_and_stores_nothing()
    {
        var eventId = await _server.AddEventAsync(capacity: 10);
        var people = await _server.AddPeopleAsync(5);
        Task<Answer>[] waiting;
        await using (await PoolLock.TakeAsync(_server, new("event", eventId)))
        {
            waiting = [people[0].RegisterAsync(eventId)];
            await _server.WriterWaitsAsync();
            waiting = [.. waiting, people[1].RegisterAsync(eventId), people[2].RegisterAsync(eventId), people[3].RegisterAsync(eventId)];
            await _server.QueueHoldsAsync(3);

            using var refused = await people[4].PostAsync(new Uri($"/api/events/{eventId}/register/", UriKind.Relative), null);
            Assert.Equal("503 unavailable", (await refused.ReadAnswerAsync()).ToString());
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
        Assert.Equal(4, await _server.TakenAsync(eventId));
        Assert.Equal("201 registered", (await people[4].RegisterAsync(eventId)).ToString());
        await _server.VerifyAsync();
    }

    [Fact]
    public async Task A_batch_has_its_limit()
    {
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        Task<ClaimAnswer<StoreResult>>[] answers;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            answers = [store.SubmitAsync(Take(), Store.None)];
            await _server.WriterWaitsAsync();
            answers = [.. answers, store.SubmitAsync(Take(), Store.None), store.SubmitAsync(Take(), Store.None), store.SubmitAsync(Take(), Store.None)];
        }

        await Task.WhenAll(answers);
        Assert.Equal([1, 2, 1], store.Rounds);
    }

    [Fact]
    public async Task Who_has_gone_before_the_decision_takes_nothing()
    {
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        using var gone = new CancellationTokenSource();
        Task<ClaimAnswer<StoreResult>> first, second, third;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            first = store.SubmitAsync(Take(), Store.None);
            await _server.WriterWaitsAsync();
            second = store.SubmitAsync(Take(), gone.Token);
            third = store.SubmitAsync(Take(), Store.None);
            await gone.CancelAsync();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.NotNull((await first).Result!.ClaimId);
        Assert.NotNull((await third).Result!.ClaimId);
        Assert.Equal(2, await _server.SoldAsync(1));
    }

    [Fact]
    public async Task Shutdown_decides_who_waits_and_lets_nobody_else_in()
    {
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        Task<ClaimAnswer<StoreResult>>[] waiting;
        Task stopping;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            waiting = [store.SubmitAsync(Take(), Store.None)];
            await _server.WriterWaitsAsync();
            waiting = [.. waiting, store.SubmitAsync(Take(), Store.None), store.SubmitAsync(Take(), Store.None)];
            stopping = _server.App.Services.GetServices<IHostedService>().OfType<ClaimWriter>().Single(writer => writer.Lane == ClaimWriter.OfClaims).StopAsync(Store.None);
            Assert.True((await store.SubmitAsync(Take(), Store.None)).IsUnavailable);
            Assert.False(stopping.IsCompleted);
        }

        await stopping;
        Assert.All(await Task.WhenAll(waiting), answer => Assert.NotNull(answer.Result?.ClaimId));
        Assert.Equal(3, await _server.SoldAsync(1));
    }

    [Fact]
    public async Task Where_no_writer_runs_nobody_waits_for_one()
    {
        var queue = new ClaimQueue(new ClaimQueueOptions());
        Assert.True((await new StoreClaims(queue).SubmitAsync(Take(), Store.None)).IsUnavailable);
    }

    private static StoreRequest Take() => new(StoreWish.Take, [new Taking(Store.Sku(1), 1)]);
}

internal static class Queue
{
    public static async Task QueueHoldsAsync(this TestServer server, int count, string? lane = null)
    {
        var queue = lane is null ? server.App.Services.GetRequiredService<ClaimQueue>() : server.App.Services.GetRequiredKeyedService<ClaimQueue>(lane);
        while (queue.Count < count)
            await Task.Delay(5);
    }
}
