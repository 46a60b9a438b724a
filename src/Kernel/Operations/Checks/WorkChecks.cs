using System.Globalization;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Kernel.Operations.Checks;

/// <summary>Mail leaves within seconds; what lies longer says that nobody works the outbox off.</summary>
internal sealed class MailQueueCheck(OutboxAge oldest) : ICheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public string Code => "mail.queue";
    public Severity Severity => Severity.Error;
    public string? HealthKey => "mail_queue";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (await oldest.ReadAsync(cancellationToken) is not { } age)
            return CheckResult.Passed("No mail is overdue.");
        var found = string.Create(CultureInfo.InvariantCulture, $"The oldest mail has been waiting for {age.TotalSeconds:0} seconds.");
        return age <= s_patience ? CheckResult.Passed(found) : CheckResult.Failed(found, "See that the server runs, and look for warnings about the outbox in its log.");
    }
}

/// <summary>No fault of the server's health: they wait for a module that was switched off.</summary>
internal sealed class UnhandledMailCheck(NpgsqlDataSource database, IEnumerable<OutboxKind> kinds, TimeProvider clock) : ICheck
{
    public string Code => "mail.unhandled";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select distinct kind from kernel.outbox where state = 'pending' and due_at <= $1 and kind <> all($2) order by kind");
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime });
        command.Parameters.Add(new() { Value = OutboxKind.Names(kinds) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var unhandled = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            unhandled.Add(reader.GetString(0));
        return unhandled.Count == 0
            ? CheckResult.Passed("Every mail that is due has somebody who sends it.")
            : CheckResult.Failed($"Mails of {string.Join(", ", unhandled)} wait, which nothing that is switched on sends.", "Switch their module on in MODULES, or delete them from kernel.outbox.");
    }
}

internal sealed class DeadMailCheck(DeadMessages messages) : ICheck
{
    public string Code => "mail.dead";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var dead = await messages.CountAsync(cancellationToken);
        return dead == 0
            ? CheckResult.Passed("Every mail that was due could be handed over.")
            : CheckResult.Failed(string.Create(CultureInfo.InvariantCulture, $"{dead} mails were given up after many attempts."), "Mend the cause, which \"outbox\" tells, then run \"outbox --retry\".");
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
