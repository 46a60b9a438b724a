using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations.Checks;
using Maydon.Kernel.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Operations;

internal static class OperationsServices
{
    /// <summary>The catalogue of checks, in the order in which people should mend what it finds, and what feeds it.</summary>
    public static void AddOperations(this IServiceCollection services, MaydonSettings settings)
    {
        services.AddSingleton<CheckCatalogue>();
        services.AddSingleton<CurrentHealth>();
        services.AddSingleton<ServingSince>();
        services.AddHostedService(provider => provider.GetRequiredService<ServingSince>());
        services.AddScheduledJob<Heartbeat>("kernel.heartbeat", "30 * * * * ?");
        if (settings.OtlpEndpoint is not null)
            services.AddHostedService<TelemetryExport>();

        services.AddScoped<ICheck, DatabaseReachableCheck>();
        services.AddScoped<ICheck, DatabaseVersionCheck>();
        services.AddScoped<ICheck, DatabaseSchemaCheck>();
        services.AddScoped<ICheck, DatabaseDurabilityCheck>();
        services.AddScoped<ICheck, DatabaseRoleCheck>();
        services.AddScoped<ICheck, DatabaseClockCheck>();
        services.AddScoped<ICheck, RedisReachableCheck>();
        services.AddScoped<ICheck, RedisEvictionCheck>();
        services.AddScoped<ICheck, RedisPersistenceCheck>();
        services.AddScoped<ICheck, RedisPasswordCheck>();
        services.AddScoped<ICheck, MailQueueCheck>();
        services.AddScoped<ICheck, UnhandledMailCheck>();
        services.AddScoped<ICheck, DeadMailCheck>();
        services.AddScoped<ICheck, MailServerCheck>();
        services.AddScoped<ICheck, SchedulerCheck>();
        services.AddScoped<ICheck, FailedJobsCheck>();
        services.AddScoped<ICheck, DiskCheck>();
        services.AddScoped<ICheck, MemoryCheck>();
        services.AddScoped<ICheck, DataDirectoryCheck>();
        foreach (var (code, severity, look) in SettingsChecks.All)
            services.AddScoped<ICheck>(provider => new SettingCheck(code, severity, () => look(provider.GetRequiredService<MaydonSettings>())));
        services.AddScoped<ICheck, EnvFileCheck>();
        services.AddScoped<ICheck, AccountCheck>();
        services.AddScoped<ICheck, OpenFilesCheck>();
        services.AddScoped<ICheck, TelemetryCheck>();
    }
}
