using Maydon.Kernel.Operations;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Products;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Browsing;

/// <summary>Looking at what the shop has: categories, products, search, facets.</summary>
internal static class BrowsingServices
{
    public static void AddBrowsing(this IServiceCollection services)
    {
        services.AddSingleton<ShopStamps>();
        services.AddSingleton<ShopAnswers>();
        services.AddSingleton<ShopTree>();
        services.AddSingleton<SelectionReader>();
        services.AddSingleton<ProductPages>();
        services.AddSingleton<ProductReads>();
        services.AddSingleton<CategoryReads>();
        services.AddScoped<GetProduct>();
        services.AddScoped<GetCategory>();
        services.AddScoped<IInvariantCheck, ListingsMatchProducts>();
        services.AddScoped<IInvariantCheck, WordsMatchProducts>();
    }

    public static void MapBrowsing(this IEndpointRouteBuilder routes)
    {
        // Made before the node listens, so that it misses no signal.
        _ = routes.ServiceProvider.GetRequiredService<ShopStamps>();
        routes.MapCategoryReads();
        routes.MapProductReads();
    }
}
