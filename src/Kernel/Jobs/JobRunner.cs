using System.Diagnostics;
using Maydon.Kernel.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Jobs;

/// <summary>The last run of a job. <paramref name="Error"/> is null when it went well.</summary>
public sealed record JobRun(string Name, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string? Error);

/// <summary>Runs a job in a scope of its own and writes down how it went; the newest entry is the scheduler's heartbeat.</summary>
public sealed class JobRunner(IEnumerable<ScheduledJob> jobs, IServiceScopeFactory scopes, NpgsqlDataSource database, JobMeters meters, TimeProvider clock, ILogger<JobRunner> logger)
{
    private const int ErrorLength = 500;

    private const string RecordSql = """
        insert into kernel.job_runs (name, started_at, finished_at, error) values ($1, $2, $3, $4)
        on conflict (name) do update set started_at = excluded.started_at, finished_at = excluded.finished_at, error = excluded.error
        """;

    private readonly Dictionary<string, ScheduledJob> _jobs = jobs.ToDictionary(job => job.Name);

    public IReadOnlyCollection<ScheduledJob> Jobs => _jobs.Values;

    /// <summary>A failure is recorded and logged, not thrown: the job's next turn comes. Returns false then.</summary>
    public async Task<bool> RunAsync(string name, CancellationToken cancellationToken)
    {
        var started = clock.Now();
        var watch = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await ((IScheduledJob)scope.ServiceProvider.GetRequiredService(_jobs[name].Type)).RunAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(e, "Job {Job} failed", name);
            error = $"{e.GetType().Name}: {e.Message}";
        }

        meters.Ran(name, Stopwatch.GetElapsedTime(watch), succeeded: error is null);
        await RecordAsync(new JobRun(name, started, clock.Now(), error?[..Math.Min(error.Length, ErrorLength)]), cancellationToken);
        return error is null;
    }

    /// <summary>The newest first. A job that never ran is not listed.</summary>
    public async Task<IReadOnlyList<JobRun>> ReadRunsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name, started_at, finished_at, error from kernel.job_runs order by finished_at desc");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<JobRun>();
        while (await reader.ReadAsync(cancellationToken))
        {
            runs.Add(new JobRun(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3)));
        }

        return runs;
    }

    private async Task RecordAsync(JobRun run, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RecordSql);
        command.Parameters.Add(new() { Value = run.Name });
        command.Parameters.Add(new() { Value = run.StartedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = run.FinishedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)run.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
