using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing;
using Maydon.Shop.Carts;
using Maydon.Shop.Catalogue;
using Maydon.Shop.Localization;
using Maydon.Shop.Orders;
using Maydon.Shop.Payments;
using Maydon.Shop.Reviews;
using Maydon.Shop.Stock;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop;

/// <summary>Products that people order and pay for.</summary>
public static class ShopModule
{
    public static IServiceCollection AddShop(this IServiceCollection services)
    {
        Messages.Register(typeof(ShopMessages));
        services.AddSchema("shop", typeof(ShopModule).Assembly);
        services.AddValidation();
        services.AddModuleDbContext<ShopDbContext>();
        services.AddSingleton<StockChanges>();
        services.AddSingleton<StarChanges>();
        services.AddApiTags("products", "categories", "cart", "orders", "payments", "reviews", "variants", "attributes");
        services.AddBrowsing();
        services.AddCatalogue();
        services.AddReviews();
        services.AddOrders();
        services.AddCarts();
        services.AddPayments();
        return services;
    }

    public static void MapShop(this IEndpointRouteBuilder routes)
    {
        routes.MapBrowsing();
        routes.MapCatalogue();
        routes.MapReviews();
        routes.MapCarts();
        routes.MapPayments();
        routes.MapOrders();
    }
}
