using Maydon.Kernel;
using Maydon.Kernel.Settings;
using Maydon.Site;
using Npgsql;

namespace Maydon;

/// <summary>The web application for one set of settings and one database; the commands and the tests build the same one.</summary>
internal static partial class MaydonServer
{
    public static WebApplication Build(MaydonSettings settings, NpgsqlDataSource database, Action<WebApplicationBuilder>? customise = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "maydon", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddKernel(settings, database);
        var modules = Composition.Active(settings);
        foreach (var module in modules)
            module.Add(builder.Services, settings);
        SetClockWrong(builder.Services);
        customise?.Invoke(builder);

        var app = builder.Build();
        app.UseKernel();
        var routes = app.MapProgram();
        routes.MapKernel();
        routes.MapFrontDoor();
        foreach (var module in modules)
            module.Map(routes);
        return app;
    }

    /// <summary>For the fault tests, which start a server whose clock is behind or ahead. A release build has no body for it and so no call.</summary>
    static partial void SetClockWrong(IServiceCollection services);
}
