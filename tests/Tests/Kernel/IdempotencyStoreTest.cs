using System.Globalization;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Tests.Kernel;

/// <summary>The statements that the batched claim writer uses, many tickets at a time.</summary>
public sealed class IdempotencyStoreTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_batch_decides_every_ticket_by_itself()
    {
        var answered = Ticket("answered", 1);
        var running = Ticket("running", 1);
        await using var first = await server.Database.OpenConnectionAsync();
        await using (var transaction = await first.BeginTransactionAsync())
        {
            Assert.Equal([null, null], await DecideAsync(first, answered, Ticket("answered no more", 1)));
            await SaveAsync(first, (answered, new StoredAnswer(201, "application/json", "/x", "{}"u8.ToArray())));
            await transaction.CommitAsync();
        }

        await using var holding = await first.BeginTransactionAsync();
        Assert.Equal([null], await DecideAsync(first, running));

        await using var second = await server.Database.OpenConnectionAsync();
        await using var batch = await second.BeginTransactionAsync();
        var verdicts = await DecideAsync(second, Ticket("new", 1), Ticket("new", 1), answered, Ticket("answered", 2), running, Ticket("new too", 1));
        Assert.Null(verdicts[0]);
        Assert.Equal("in_progress", Assert.IsType<Maydon.Kernel.Http.Problem>(verdicts[1]).Code);
        Assert.IsNotType<Maydon.Kernel.Http.Problem>(verdicts[2]);
        Assert.NotNull(verdicts[2]);
        Assert.Equal("idempotency_key_reused", Assert.IsType<Maydon.Kernel.Http.Problem>(verdicts[3]).Code);
        Assert.Equal("in_progress", Assert.IsType<Maydon.Kernel.Http.Problem>(verdicts[4]).Code);
        Assert.Null(verdicts[5]);
    }

    [Fact]
    public async Task What_is_committed_before_the_lock_is_got_is_seen()
    {
        for (var round = 0; round < 50; round++)
        {
            var ticket = Ticket($"race {round}", 1);
            var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunOnceAsync(ticket))));
            Assert.Equal(1, runs.Sum());
        }
    }

    private async Task<int> RunOnceAsync(IdempotencyTicket ticket)
    {
        await using var connection = await server.Database.OpenConnectionAsync();
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var verdict = (await DecideAsync(connection, ticket))[0];
            if (verdict is Maydon.Kernel.Http.Problem { Code: "in_progress" })
                continue;
            if (verdict is not null)
                return 0;
            await SaveAsync(connection, (ticket, new StoredAnswer(200, null, null, [])));
            await transaction.CommitAsync();
            return 1;
        }
    }

    private async Task<IReadOnlyList<IResult?>> DecideAsync(NpgsqlConnection connection, params IdempotencyTicket[] tickets)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { IdempotencyStore.LockCommand(tickets), IdempotencyStore.FindCommand(tickets, server.Clock.Now()) } };
        await using var reader = await batch.ExecuteReaderAsync();
        return await IdempotencyStore.ReadVerdictsAsync(reader, tickets, CancellationToken.None);
    }

    private async Task SaveAsync(NpgsqlConnection connection, params (IdempotencyTicket, StoredAnswer)[] answers)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { IdempotencyStore.SaveCommand(answers, server.Clock.Now()) } };
        Assert.Equal(answers.Length, await batch.ExecuteNonQueryAsync());
    }

    private static IdempotencyTicket Ticket(string key, byte request) => new("user:1", key, [request], CultureInfo.InvariantCulture);
}
