using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Jobs;

/// <summary>
/// Work that the clock asks for: a use case in a scope of its own, never twice at once, on one node of all. It may run late or twice in a
/// row after a crash, so what it does is found by what is due, not by when it runs.
/// </summary>
public interface IScheduledJob
{
    Task RunAsync(CancellationToken cancellationToken);
}

/// <param name="Name">Lasting: the schedule in the database knows the job by it.</param>
/// <param name="Cron">Quartz's form with seconds first, in UTC.</param>
public sealed record ScheduledJob(string Name, string Cron, Type Type);

public static class ScheduledJobServices
{
    /// <summary>For example <c>AddScheduledJob&lt;ReleaseExpiredHolds&gt;("inventory.expired-holds", "0 * * * * ?")</c>: every minute.</summary>
    public static IServiceCollection AddScheduledJob<TJob>(this IServiceCollection services, string name, string cron) where TJob : class, IScheduledJob
    {
        services.AddSingleton(new ScheduledJob(name, cron, typeof(TJob)));
        services.AddScoped<TJob>();
        return services;
    }
}
