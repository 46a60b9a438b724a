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
        BuildOnce(app);
        return app;
    }

    /// <summary>
    /// ASP.NET builds the endpoints of groups anew for everyone who asks: routing, and the authorization, which remembers the policies of endpoints
    /// that nobody is then routed to. Compiling them is a good part of a start.
    /// </summary>
    private static void BuildOnce(IEndpointRouteBuilder app)
    {
        var built = new CompositeEndpointDataSource([.. app.DataSources]);
        app.DataSources.Clear();
        app.DataSources.Add(built);
    }

    /// <summary>For the fault tests, which start a server whose clock is behind or ahead. A release build has no body for it and so no call.</summary>
    static partial void SetClockWrong(IServiceCollection services);
}
