using Maydon.Kernel.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Outbox;

internal static class OutboxServices
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxLease>();
        services.AddSingleton<OutboxAge>();
        services.AddSingleton<OutboxMeters>();
        services.AddSingleton<RushGauge>();
        services.AddSingleton<OutboxWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxWorker>());
        services.AddScoped<DeadMessages>();
        services.AddScheduledJob<CleanUpOutbox>("kernel.outbox-clean-up", "0 40 * * * ?");
        return services;
    }
}
