using Maydon.Kernel.Jobs;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Kernel.Jobs;

/// <summary>Writes each of its turns into the database: when, and on which node.</summary>
internal sealed class CountingJob(NpgsqlDataSource database, NodeName node) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into turns (node, fire_time, started)
            select $1, prev_fire_time, clock_timestamp() from quartz.qrtz_triggers where trigger_name = 'test.counting' returning n
            """);
        command.Parameters.Add(new() { Value = node.Name });
        var turn = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        await Task.Delay(300, cancellationToken);
        await using var end = database.CreateCommand("update turns set ended = clock_timestamp() where n = $1");
        end.Parameters.Add(new() { Value = turn });
        await end.ExecuteNonQueryAsync(cancellationToken);
    }
}

internal sealed class FailingJob : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("out of luck");
}

internal sealed record NodeName(string Name);

/// <summary>The scheduler itself, in real time.</summary>
public sealed class JobSchedulerTest(TestPostgres postgres)
{
    [Fact]
    public async Task Of_two_nodes_one_runs_a_job_and_what_was_missed_is_made_up_once()
    {
        await using var first = new TestServer(postgres);
        await using var second = new TestServer(postgres);
        await StartAsync(first, "first");
        await first.ExecuteAsync("create table turns (n int generated always as identity, node text, fire_time bigint, started timestamptz, ended timestamptz)");
        await StartAsync(second, "second", sibling: first);
        await WaitForTurnsAsync(first, 1);
        await first.EventuallyAsync("select count(*) from quartz.qrtz_scheduler_state", 2);
        await first.ExecuteAsync("delete from turns");
        await WaitForTurnsAsync(first, 4);

        // Each turn was taken by one of them, and never two at the same time.
        Assert.True(await first.ScalarAsync<bool>("select count(*) = count(distinct fire_time) from turns"), "Both nodes took the same turn.");
        Assert.Equal(0L, await first.ScalarAsync<long>("select count(*) from turns a join turns b on a.n < b.n and b.started < a.ended"));

        await second.DisposeAsync();
        var before = await first.ScalarAsync<long>("select count(*) from turns");
        await WaitForTurnsAsync(first, before + 2);

        // Nobody runs for a while: the rare job's turn is missed, and made up once when a node comes back.
        await first.App.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await first.ScalarAsync<long>("select count(*) from kernel.job_runs where name = 'test.rare'"));
        await first.ExecuteAsync("update quartz.qrtz_triggers set next_fire_time = next_fire_time - 864000000000 * 400 where trigger_name = 'test.rare'");
        await using var third = new TestServer(postgres);
        await StartAsync(third, "third", sibling: first);
        await third.EventuallyAsync("select count(*) from kernel.job_runs where name = 'test.rare'", 1);
    }

    [Fact]
    public async Task How_a_job_went_is_written_down()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(customise: builder => builder.Services.AddScheduledJob<FailingJob>("test.failing", "0 0 0 1 1 ?"));
        var runner = server.App.Services.GetRequiredService<JobRunner>();
        Assert.Empty(await runner.ReadRunsAsync(default));

        Assert.False(await runner.RunAsync("test.failing", default));
        Assert.True(await runner.RunAsync("kernel.outbox-clean-up", default));

        var runs = await runner.ReadRunsAsync(default);
        Assert.Equal(["kernel.outbox-clean-up", "test.failing"], runs.Select(run => run.Name));
        Assert.Equal([null, "InvalidOperationException: out of luck"], runs.Select(run => run.Error));
        Assert.All(runs, run => Assert.InRange(server.Clock.GetUtcNow() - run.FinishedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    private static Task StartAsync(TestServer server, string node, TestServer? sibling = null) => server.StartAsync(
        customise: builder =>
        {
            builder.Services.AddSingleton(new NodeName(node));
            builder.Services.AddScheduledJob<CountingJob>("test.counting", "* * * * * ?");
            builder.Services.AddScheduledJob<CountingJob>("test.rare", "0 0 0 1 1 ?");
        },
        background: true,
        sibling: sibling);

    private static Task WaitForTurnsAsync(TestServer server, long count) => server.EventuallyAsync("select count(*) from turns where ended is not null", count);
}
