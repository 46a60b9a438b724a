using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace Maydon.Kernel.Jobs;

/// <summary>
/// Quartz, clustered on our PostgreSQL: of all nodes one runs a job when its time has come. It lives in a container of its own and is
/// built only after the server answers, so that it costs the start nothing.
/// </summary>
internal sealed class JobScheduler(JobRunner runner, NpgsqlDataSource database, BackgroundWork background, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    : BackgroundService
{
    private const string Name = "maydon";
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);
    private readonly ILogger<JobScheduler> _logger = loggers.CreateLogger<JobScheduler>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!background.IsOn)
            return;
        await WaitForStartAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.LogWarning(e, "The scheduler could not start; trying again");
                await Task.Delay(s_retry, stoppingToken);
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(Configure).BuildScheduler(stoppingToken);
        try
        {
            await ScheduleAsync(scheduler, stoppingToken);
            await scheduler.Start(stoppingToken);
            _logger.LogInformation("The scheduler runs {Count} jobs", runner.Jobs.Count);
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    private void Configure(IQuartzBuilder quartz)
    {
        quartz.Services.AddSingleton(loggers);
        quartz.ConfigureScheduler(options =>
        {
            options.InstanceName = Name;
            // Of our own making: Quartz would look the host's name up, and nodes may share one.
            options.InstanceId = $"{Environment.MachineName}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
        });
        quartz.UseDefaultThreadPool(maxConcurrency: 4);
        quartz.UseJobFactory(new ShellFactory(runner));
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(options => options.DataSourceFactory = _ => database);
            store.ConfigureStore(options => options.TablePrefix = "quartz.qrtz_");
            store.ProvisionSchema();
            store.UseClustering();
        });
    }

    /// <summary>A trigger that is already right is left alone, for it remembers what was missed while no node ran.</summary>
    private async Task ScheduleAsync(IScheduler scheduler, CancellationToken stoppingToken)
    {
        foreach (var job in runner.Jobs)
        {
            var key = new TriggerKey(job.Name);
            if (await scheduler.GetTrigger(key, stoppingToken) is ICronTrigger trigger && trigger.CronExpressionString == job.Cron)
                continue;
            await scheduler.ScheduleJob(
                JobBuilder.Create<ScheduledJobShell>().WithIdentity(job.Name).Build(),
                [TriggerBuilder.Create()
                    .WithIdentity(key)
                    .WithSchedule(CronScheduleBuilder.Create(job.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
                    .Build()],
                new ScheduleJobOptions { Replace = true },
                stoppingToken);
        }
    }

    private Task WaitForStartAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        return started.Task.WaitAsync(stoppingToken);
    }

    private sealed class ShellFactory(JobRunner runner) : IJobFactory
    {
        public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new JobScope(new ScheduledJobShell(runner)));

        public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}

/// <summary>
/// What Quartz knows of every job of ours; the name tells which. The database holds the name of this class: it must stay as it is.
/// A turn of a job that this node does not have (of another release, or of a module that is off) passes without effect.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class ScheduledJobShell(JobRunner runner) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        if (runner.Jobs.Any(job => job.Name == name))
            await runner.RunAsync(name, cancellationToken);
    }
}
