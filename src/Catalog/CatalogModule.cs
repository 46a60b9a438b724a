using Maydon.Catalog.Changes;
using Maydon.Catalog.Clients;
using Maydon.Catalog.Demo;
using Maydon.Catalog.Exporting;
using Maydon.Catalog.Images;
using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Images.Lists;
using Maydon.Catalog.Images.Uploading;
using Maydon.Catalog.Images.Variants;
using Maydon.Catalog.Images.Writing;
using Maydon.Catalog.Importing;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Catalog.Items;
using Maydon.Catalog.Localization;
using Maydon.Catalog.Projects;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Maydon.Catalog.Webhooks;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Http;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
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
        services.AddScoped<VisibleLists>();
        services.AddSingleton<RecordHistory>();
        services.AddSingleton<ChangeFeed>();
        services.AddScoped<IInvariantCheck, ChangesHaveNoGap>();
        services.AddScoped<IInvariantCheck, RecordsMatchTheirChanges>();
        services.AddScoped<IInvariantCheck, ListsHaveTheirSizes>();
        services.AddScoped<IDemoData, DemoCatalog>();
        services.AddScoped<IDemoData, DemoImages>();
        services.AddScoped<FindRecords>();
        services.AddImports();
        services.AddConstraintProblem("projects_code", StatusCodes.Status409Conflict, "code_taken", "code_1c");
        services.AddConstraintProblem("clients_code", StatusCodes.Status409Conflict, "code_taken", "client_code_1c");
        services.AddConstraintProblem("items_code", StatusCodes.Status409Conflict, "code_taken", "code_1c");
        services.AddList<ProjectList, Project, ProjectFields, ProjectItem>();
        services.AddList<ClientList, Client, ClientFields, ClientItem>();
        services.AddList<ItemList, Item, NomenklaturaFields, NomenklaturaItem>();
        services.AddImages();
        services.AddWebhooks();
        return services;
    }

    private static void AddImages(this IServiceCollection services)
    {
        services.AddSingleton<ImageFiles>();
        services.AddSingleton<ReceiveForm>();
        services.AddSingleton(_ => Vipsthumbnail.OfThisMachine());
        services.AddScoped<StoreFiles>();
        services.AddScoped<WriteImages>();
        services.AddImageList<ProjectImageList, ProjectImageItem>();
        services.AddImageList<ClientImageList, ClientImageItem>();
        services.AddImageList<NomenklaturaImageList, NomenklaturaImageItem>();
        services.AddScheduledJob<MakeVariants>("catalog.image-variants", "0/10 * * * * ?");
        services.AddScheduledJob<RemoveStrayFiles>("catalog.stray-files", "0 25 3 * * ?");
        services.AddScoped<IInvariantCheck, RecordsShowTheirImages>();
        services.AddScoped<IInvariantCheck, FilesAreOnTheDisk>();
        services.AddScoped<ICheck, VipsthumbnailCheck>();
        services.AddScoped<ICheck, DeadVariantsCheck>();
    }

    private static void AddImageList<TList, TItem>(this IServiceCollection services)
        where TList : ImageList<TItem>
        where TItem : CatalogImageItem
    {
        services.AddSingleton<ImageList<TItem>, TList>();
        services.AddSingleton<ImageReads<TItem>>();
        services.AddScoped<ImageAnswers<TItem>>();
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
        routes.MapWebhooks();
        routes.MapRecords<ProjectQuery, Project, ProjectFields, ProjectItem>();
        routes.MapRecords<ClientQuery, Client, ClientFields, ClientItem>();
        routes.MapRecords<NomenklaturaQuery, Item, NomenklaturaFields, NomenklaturaItem>();
        routes.MapImages<ProjectImageQuery, ProjectImageItem>();
        routes.MapImages<ClientImageQuery, ClientImageItem>();
        routes.MapImages<NomenklaturaImageQuery, NomenklaturaImageItem>();
        routes.MapFiles<ProjectQuery, ProjectItem>();
        routes.MapFiles<ClientQuery, ClientItem>();
        routes.MapFiles<NomenklaturaQuery, NomenklaturaItem>();
        routes.MapTasks();
    }

    private static void MapFiles<TQuery, TItem>(this IEndpointRouteBuilder routes)
        where TQuery : RecordQuery
        where TItem : CatalogItem
    {
        routes.MapExports<TQuery, TItem>();
        routes.MapImport<TItem>();
    }
}
