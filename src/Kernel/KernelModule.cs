using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Media;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Settings;
using Maydon.Kernel.Signals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Kernel;

/// <summary>What every module stands on.</summary>
public static class KernelModule
{
    public static IServiceCollection AddKernel(this IServiceCollection services, MaydonSettings settings, NpgsqlDataSource database)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddKernelPersistence(database);
        services.AddRedis(settings);
        services.AddKernelHttp(settings);
        services.AddJobs();
        services.AddOutbox();
        services.AddMail(settings.Mail.Backend);
        services.AddOperations(settings);
        return services;
    }

    private static void AddKernelPersistence(this IServiceCollection services, NpgsqlDataSource database)
    {
        services.AddSingleton(database);
        services.AddScoped<DbSession>();
        services.AddScoped<AuditLog>();
        services.AddScheduledJob<ForgetOldAudit>("kernel.forget-old-audit", "0 50 * * * ?");
        services.AddSingleton<SchemaRunner>();
        services.AddSchema("kernel", typeof(KernelModule).Assembly);
        services.AddSingleton<ClusterSignals>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterSignals>());
    }

    /// <summary>Everything a request passes before its endpoint, in order.</summary>
    public static void UseKernel(this WebApplication app) => app.UseKernelHttp(app.Services.GetRequiredService<MaydonSettings>());

    public static void MapKernel(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth();
        routes.MapMedia();
    }

    /// <summary>Where every module maps its operations: what holds for all of them is said here once.</summary>
    public static RouteGroupBuilder MapProgram(this IEndpointRouteBuilder routes) => HttpPipeline.MapProgram(routes);
}
