using Maydon.Catalog.Changes;
using Maydon.Catalog.Clients;
using Maydon.Catalog.Demo;
using Maydon.Catalog.Items;
using Maydon.Catalog.Localization;
using Maydon.Catalog.Projects;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog;

/// <summary>Master data that other systems read.</summary>
public static class CatalogModule
{
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        Messages.Register(typeof(CatalogMessages));
        services.AddSchema("catalog", typeof(CatalogModule).Assembly);
        services.AddValidation();
        services.AddModuleDbContext<CatalogDbContext>();
        services.AddPermissions("catalog", "project", "client", "nomenklatura");
        services.AddSingleton<CatalogStamps>();
        services.AddSingleton<CatalogAnswers>();
        services.AddSingleton<RecordSearches>();
        services.AddScoped<CatalogTurn>();
        services.AddSingleton<RecordHistory>();
        services.AddSingleton<ChangeFeed>();
        services.AddScoped<IInvariantCheck, ChangesHaveNoGap>();
        services.AddScoped<IInvariantCheck, RecordsMatchTheirChanges>();
        services.AddScoped<IInvariantCheck, ListsHaveTheirSizes>();
        services.AddScoped<IDemoData, DemoCatalog>();
        services.AddList<ProjectList, Project, ProjectFields, ProjectItem>();
        services.AddList<ClientList, Client, ClientFields, ClientItem>();
        services.AddList<ItemList, Item, NomenklaturaFields, NomenklaturaItem>();
        return services;
    }

    private static void AddList<TList, TRecord, TFields, TItem>(this IServiceCollection services)
        where TList : CatalogList<TRecord, TFields, TItem>
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : RecordFields
        where TItem : CatalogItem
    {
        services.AddSingleton<CatalogList<TRecord, TFields, TItem>, TList>();
        services.AddSingleton<CatalogList<TItem>>(provider => provider.GetRequiredService<CatalogList<TRecord, TFields, TItem>>());
        services.AddSingleton<CatalogList>(provider => provider.GetRequiredService<CatalogList<TItem>>());
        services.AddSingleton<RecordReads<TItem>>();
        services.AddScoped<WriteRecord<TRecord, TFields, TItem>>();
    }

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        // Made before the node listens, so that it misses no signal.
        _ = routes.ServiceProvider.GetRequiredService<CatalogStamps>();
        routes.MapCatalogMap();
        routes.MapChanges();
        routes.MapRecords<ProjectQuery, Project, ProjectFields, ProjectItem>();
        routes.MapRecords<ClientQuery, Client, ClientFields, ClientItem>();
        routes.MapRecords<NomenklaturaQuery, Item, NomenklaturaFields, NomenklaturaItem>();
    }
}
