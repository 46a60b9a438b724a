using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Catalogue.Attributes;
using Maydon.Shop.Catalogue.Categories;
using Maydon.Shop.Catalogue.Products;
using Maydon.Shop.Catalogue.Variants;
using Maydon.Shop.Demo;
using Maydon.Shop.Stock;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Catalogue;

/// <summary>What staff write of what there is to buy, and how much of it there is.</summary>
internal static class CatalogueServices
{
    public static void AddCatalogue(this IServiceCollection services)
    {
        services.AddScoped<WriteCategory>();
        services.AddScoped<WriteProduct>();
        services.AddScoped<DeleteProduct>();
        services.AddScoped<CreateVariant>();
        services.AddScoped<ChangeVariant>();
        services.AddScoped<StaffVariants>();
        services.AddScoped<WriteAttribute>();
        services.AddScoped<AttributeReads>();
        services.AddScoped<StockTaking>();
        services.AddScoped<DemoHistory>();
        services.AddScoped<IDemoData, DemoShop>();
        services.AddScoped<ICheck, DemoGoodsCheck>();
        services.AddSingleton<StockHistory>();
        services.AddScoped<IInvariantCheck, StockMatchesMovements>();
        services.AddScoped<IInvariantCheck, VariantsMatchTheirValues>();
        services.AddScoped<IInvariantCheck, CategoriesFormATree>();
        services.AddConstraintProblem("categories_slug", StatusCodes.Status409Conflict, "slug_taken");
        services.AddConstraintProblem("products_slug", StatusCodes.Status409Conflict, "slug_taken");
        services.AddConstraintProblem("categories_parent_id_fkey", StatusCodes.Status409Conflict, "category_not_empty");
        services.AddConstraintProblem("products_category_id_fkey", StatusCodes.Status409Conflict, "category_not_empty");
        services.AddConstraintProblem("variants_sku", StatusCodes.Status409Conflict, "sku_taken");
        services.AddConstraintProblem("variants_combination", StatusCodes.Status409Conflict, "combination_taken");
        services.AddConstraintProblem("attributes_once", StatusCodes.Status409Conflict, "attribute_taken");
        services.AddConstraintProblem("variant_values_of", StatusCodes.Status409Conflict, "attribute_in_use");
    }

    public static void MapCatalogue(this IEndpointRouteBuilder routes)
    {
        routes.MapCategoryWrites();
        routes.MapProductWrites();
        routes.MapVariantEndpoints();
        routes.MapMovementEndpoints();
        routes.MapAttributeEndpoints();
    }
}
