using System.Globalization;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Operations.Checks;

/// <summary>Mail leaves within seconds; what lies longer says that nobody works the outbox off.</summary>
internal sealed class MailQueueCheck(NpgsqlDataSource database, TimeProvider clock) : ICheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    // One look into the index per priority, however many messages wait for their day.
    private const string OldestSql = """
        select min(oldest) from (values (0), (1), (2)) as priorities (priority), lateral (
            select coalesce(locked_until, due_at) as oldest from kernel.outbox message
            where message.state = 'pending' and message.priority = priorities.priority and coalesce(locked_until, due_at) <= $1
            order by coalesce(locked_until, due_at), id limit 1) as first
        """;

    public string Code => "mail.queue";
    public Severity Severity => Severity.Error;
    public string? HealthKey => "mail_queue";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.CreateCommand(OldestSql);
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        if (await command.ExecuteScalarAsync(cancellationToken) is not DateTime oldest)
            return CheckResult.Passed("No mail is overdue.");
        var age = now.UtcDateTime - oldest.ToUniversalTime();
        var found = string.Create(CultureInfo.InvariantCulture, $"The oldest mail has been waiting for {age.TotalSeconds:0} seconds.");
        return age <= s_patience ? CheckResult.Passed(found) : CheckResult.Failed(found, "See that the server runs, and look for warnings about the outbox in its log.");
    }
}

internal sealed class DeadMailCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "mail.dead";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select count(*) from kernel.outbox where state = 'dead'");
        var dead = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return dead == 0
            ? CheckResult.Passed("Every mail that was due could be handed over.")
            : CheckResult.Failed(string.Create(CultureInfo.InvariantCulture, $"{dead} mails were given up after many attempts."), "Mend the cause, which kernel.outbox keeps as last_error, then: update kernel.outbox set state = 'pending', attempts = 0 where state = 'dead'");
    }
}

/// <summary>Scheduled once a minute. That it was run is all the news it brings: <see cref="SchedulerCheck"/> looks for it.</summary>
internal sealed class Heartbeat : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed class SchedulerCheck(JobRunner runner, ServingSince serving, BackgroundWork background, TimeProvider clock) : ICheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public string Code => "jobs.heartbeat";
    public Severity Severity => Severity.Error;
    public string? HealthKey => "scheduler";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (!background.IsOn)
            return CheckResult.Unknown("This process schedules nothing.");
        var runs = await runner.ReadRunsAsync(cancellationToken);
        var last = runs.Count == 0 ? (DateTimeOffset?)null : runs[0].FinishedAt;
        if (last is null && serving.At is null)
            return CheckResult.Unknown("The scheduler has never run on this database: start the server.");
        // A server that has just started is given the time to run its first job, whatever the one before it did.
        var age = clock.Now() - (last > serving.At || serving.At is null ? last!.Value : serving.At.Value);
        return age <= s_patience
            ? CheckResult.Passed("The scheduler works.")
            : CheckResult.Failed(string.Create(CultureInfo.InvariantCulture, $"No job has run for {age.TotalMinutes:0} minutes."), "Start the server; if it runs, look for warnings about the scheduler in its log.");
    }
}

internal sealed class FailedJobsCheck(JobRunner runner) : ICheck
{
    public string Code => "jobs.failed";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var failed = (await runner.ReadRunsAsync(cancellationToken)).Where(run => run.Error is not null).Select(run => run.Name).ToList();
        return failed.Count == 0
            ? CheckResult.Passed("The last run of every job went well.")
            : CheckResult.Failed($"The last run of {string.Join(", ", failed)} failed.", "kernel.job_runs keeps the error, the server's log the whole story.");
    }
}
