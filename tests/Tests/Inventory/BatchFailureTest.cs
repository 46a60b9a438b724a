using Maydon.Inventory.Claims;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Maydon.Tests.Inventory;

/// <summary>What goes wrong in a batch stays with the one it belongs to, and nothing is applied twice.</summary>
public sealed class BatchFailureTest(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StoreClaims.StartAsync(postgres);
        await _server.StockAsync((1, 100), (2, 100));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_request_that_the_database_refuses_fails_alone()
    {
        var answers = await OneBatchAsync(Enumerable.Range(0, 40).Select(n => Take(1, n is 7 or 23 ? "poison" : $"{n}")));

        Assert.Equal([7, 23], Failures<PostgresException>(answers));
        Assert.All(await Task.WhenAll(answers.Where(answer => !answer.IsFaulted)), answer => Assert.NotNull(answer.Result?.ClaimId));
        Assert.Equal(38, await _server.SoldAsync(1));
        Assert.Equal(38L, await _server.ScalarAsync<long>("select count(distinct note) from inventory.orders"));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_request_that_breaks_its_handler_fails_alone()
    {
        var answers = await OneBatchAsync(Enumerable.Range(0, 20).Select(n => n == 11 ? new StoreRequest(StoreWish.Break, [new Taking(Store.Sku(1), 1)]) : Take(1, $"{n}")));

        Assert.Equal([11], Failures<InvalidOperationException>(answers));
        Assert.Equal(19, await _server.SoldAsync(1));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_connection_lost_between_batches_is_not_noticed()
    {
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        await _server.KillWriterAsync();
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.Equal(2, await _server.SoldAsync(1));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task Statements_that_a_migration_has_outdated_are_prepared_anew()
    {
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        // PostgreSQL refuses a prepared statement whose result has another type by now.
        await _server.ExecuteAsync("alter table inventory.pools alter column kind type varchar(100)");
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.Equal(2, await _server.SoldAsync(1));
        Assert.Empty(await _server.DriftsAsync());
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
    }

    [Fact]
    public async Task Whoever_meets_outdated_statements_after_waiting_in_vain_is_told_to_come_back()
    {
        await using var server = await StoreClaims.StartAsync(
            postgres, builder => builder.Services.Replace(ServiceDescriptor.Singleton(new ClaimQueueOptions { LockPatience = TimeSpan.FromMilliseconds(300) })));
        await server.StockAsync((1, 100));
        Assert.NotNull((await server.TakeAsync(null, (1, 1)))!.ClaimId);
        var store = server.App.Services.GetRequiredService<StoreClaims>();
        // Whoever has waited in vain no longer waits: from here on the first try, by other statements, is the last.
        await using (await PoolLock.TakeAsync(server, Store.Sku(1)))
            Assert.True((await store.SubmitAsync(Take(1, "in vain"), Store.None)).IsUnavailable);
        Assert.NotNull((await server.TakeAsync(null, (1, 1)))!.ClaimId);
        await server.ExecuteAsync("alter table inventory.pools alter column kind type varchar(100)");

        Assert.True((await store.SubmitAsync(Take(1, "late"), Store.None)).IsUnavailable);
        Assert.NotNull((await server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.Equal(3, await server.SoldAsync(1));
        Assert.Empty(await server.DriftsAsync());
    }

    [Fact]
    public async Task A_connection_lost_before_the_commit_was_sent_is_made_good()
    {
        Task<StoreResult?> answer;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            answer = _server.TakeAsync(null, (1, 1));
            await _server.WriterWaitsAsync();
            await _server.KillWriterAsync();
        }

        Assert.NotNull((await answer)!.ClaimId);
        Assert.Equal(1, await _server.SoldAsync(1));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_connection_lost_while_committing_is_answered_as_unknown_and_never_tried_again()
    {
        await _server.ExecuteAsync("""
            create function inventory.dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(30); return null; end';
            create trigger dawdle after insert on inventory.orders for each row when (new.note = 'slow') execute function inventory.dawdle()
            """);
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        var answer = store.SubmitAsync(Take(1, "slow"), Store.None);
        await _server.WriterWaitsAsync();
        await _server.KillWriterAsync();

        Assert.True((await answer).IsUnavailable);
        Assert.Equal(["slow"], store.Decided);
        Assert.Equal(0, await _server.SoldAsync(1));
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_pool_that_somebody_sits_on_holds_up_only_who_wants_it()
    {
        ClaimAnswer<StoreResult>[] blocked;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            var store = _server.App.Services.GetRequiredService<StoreClaims>();
            var first = store.SubmitAsync(Take(1, "first"), Store.None);
            await _server.WriterWaitsAsync();
            var others = new[] { Take(2, "a"), Take(1, "b"), Take(2, "c") }.Select(request => store.SubmitAsync(request, Store.None)).ToArray();
            blocked = [await first, await others[1]];
            Assert.NotNull((await others[0]).Result!.ClaimId);
            Assert.NotNull((await others[2]).Result!.ClaimId);
        }

        Assert.All(blocked, answer => Assert.True(answer.IsUnavailable));
        Assert.Equal((0, 2), (await _server.SoldAsync(1), await _server.SoldAsync(2)));
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_claim_on_a_pool_that_somebody_sits_on_is_refused_for_now_and_can_be_given_back_later()
    {
        var held = (await _server.TakeAsync(null, (1, 1)))!.ClaimId!.Value;
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        await using (await PoolLock.TakeAsync(_server, Store.Sku(1)))
        {
            var release = store.SubmitAsync(new StoreRequest(StoreWish.Release, [new Taking(Store.Sku(1), 1)], held), Store.None);
            await _server.WriterWaitsAsync();
            var poison = store.SubmitAsync(Take(2, "poison"), Store.None);
            var other = store.SubmitAsync(Take(2, "other"), Store.None);
            Assert.True((await release).IsUnavailable);
            await Assert.ThrowsAsync<PostgresException>(() => poison);
            Assert.NotNull((await other).Result!.ClaimId);
        }

        Assert.Equal(1, await _server.SoldAsync(1));
        Assert.Equal(ClaimChange.Done, await _server.ChangeAsync(StoreWish.Release, held, null, 1));
        Assert.Equal((0, 1), (await _server.SoldAsync(1), await _server.SoldAsync(2)));
        Assert.Empty(await _server.DriftsAsync());
    }

    [Fact]
    public async Task A_deadlock_with_somebody_who_locks_in_another_order_is_survived()
    {
        // PostgreSQL looks for it after a second, and only once: on a busy machine the writer must not lose its patience before that.
        await using var server = await StoreClaims.StartAsync(
            postgres, builder => builder.Services.Replace(ServiceDescriptor.Singleton(new ClaimQueueOptions { LockPatience = TimeSpan.FromMinutes(1) })));
        await server.StockAsync((1, 100), (2, 100));
        var store = server.App.Services.GetRequiredService<StoreClaims>();
        Task<ClaimAnswer<StoreResult>> answer;
        await using (var other = await PoolLock.TakeAsync(server, Store.Sku(2)))
        {
            answer = store.SubmitAsync(new StoreRequest(StoreWish.Take, [new Taking(Store.Sku(1), 1), new Taking(Store.Sku(2), 1)]), Store.None);
            await server.WriterWaitsAsync();
            try
            {
                await other.AddAsync(Store.Sku(1));
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // It was the other that had to give way.
            }
        }

        Assert.NotNull((await answer).Result!.ClaimId);
        Assert.Equal((1, 1), (await server.SoldAsync(1), await server.SoldAsync(2)));
        Assert.Empty(await server.DriftsAsync());
    }

    [Fact]
    public async Task Whoever_has_to_be_told_of_a_batch_keeps_the_next_one_not_waiting()
    {
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        var (slow, deaf) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.Telling = () => slow.Task;
        var first = store.SubmitAsync(Take(1, "first"), Store.None);
        await _server.EventuallyAsync("select taken::bigint from inventory.pools where kind = 'sku' and subject_id = 1", 1);
        store.Telling = () => deaf.Task;
        var second = store.SubmitAsync(Take(1, "second"), Store.None);
        await _server.EventuallyAsync("select taken::bigint from inventory.pools where kind = 'sku' and subject_id = 1", 2);
        store.Telling = null;
        Assert.NotNull((await _server.TakeAsync(null, (1, 1)))!.ClaimId);
        Assert.False(first.IsCompleted || second.IsCompleted);

        slow.SetResult();
        Assert.NotNull((await first).Result!.ClaimId);
        // Stored, and nobody can say what others still show.
        deaf.SetException(new InvalidOperationException("Nobody listens."));
        Assert.True((await second).IsUnavailable);
        Assert.Equal(3, await _server.SoldAsync(1));
        Assert.Empty(await _server.DriftsAsync());
    }

    private static StoreRequest Take(long sku, string note) => new(StoreWish.Take, [new Taking(Store.Sku(sku), 1)], Note: note);

    /// <summary>All in one batch: they wait while the writer waits for another pool.</summary>
    private async Task<Task<ClaimAnswer<StoreResult>>[]> OneBatchAsync(IEnumerable<StoreRequest> requests)
    {
        var store = _server.App.Services.GetRequiredService<StoreClaims>();
        Task<ClaimAnswer<StoreResult>>[] answers;
        await using (await PoolLock.TakeAsync(_server, Store.Sku(2)))
        {
            var first = store.SubmitAsync(Take(2, "first"), Store.None);
            await _server.WriterWaitsAsync();
            answers = [.. requests.Select(request => store.SubmitAsync(request, Store.None))];
            Assert.False(first.IsCompleted);
        }

        await Task.WhenAll(answers.Select(answer => answer.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Contains(answers.Length, store.Rounds);
        await _server.ExecuteAsync("delete from inventory.orders where note = 'first'");
        return answers;
    }

    private static IEnumerable<int> Failures<TException>(Task<ClaimAnswer<StoreResult>>[] answers) =>
        answers.Index().Where(answer => answer.Item.IsFaulted && answer.Item.Exception!.InnerException is TException).Select(answer => answer.Index);
}
