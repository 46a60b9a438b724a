using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Jobs;

internal static class JobServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton(new BackgroundWork(IsOn: true));
        services.AddSingleton<JobMeters>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService<JobScheduler>();
        return services;
    }
}
