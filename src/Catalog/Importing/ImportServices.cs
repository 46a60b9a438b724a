using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog.Importing;

internal static class ImportServices
{
    public static void AddImports(this IServiceCollection services)
    {
        services.AddSingleton(new SheetLimits());
        services.AddSingleton<ImportFiles>();
        services.AddSingleton<ImportProgress>();
        services.AddScoped<StartImport>();
        services.AddScoped<PreviewImport>();
        services.AddScoped<RunImport>();
        services.AddScoped<OwnTasks>();
        services.AddScheduledJob<RunImports>(RunImports.Name, "40 * * * * ?");
        services.AddScheduledJob<ForgetOldImports>("catalog.forget-old-imports", "0 37 * * * ?");
        services.AddHostedService<ImportWorker>();
        services.AddScoped<IInvariantCheck, ImportsCountTheirRefusals>();
    }
}
