using Maydon.Catalog;
using Maydon.Events;
using Maydon.Identity;
using Maydon.Inventory;
using Maydon.Kernel.Modules;
using Maydon.Kernel.Settings;
using Maydon.Shop;

namespace Maydon;

/// <summary>Every module of this release, in the order in which their schemas build on each other.</summary>
internal static class Composition
{
    private static readonly ModuleDoor[] s_all =
    [
        new("inventory", typeof(InventoryModule).Assembly, AlwaysOn: true, (services, _) => services.AddInventory(), _ => { }),
        new("identity", typeof(IdentityModule).Assembly, AlwaysOn: true, (services, _) => services.AddIdentity(), routes => routes.MapIdentity()),
        new("events", typeof(EventsModule).Assembly, AlwaysOn: false, (services, _) => services.AddEvents(), routes => routes.MapEvents()),
        new("shop", typeof(ShopModule).Assembly, AlwaysOn: false, (services, _) => services.AddShop(), routes => routes.MapShop()),
        new("catalog", typeof(CatalogModule).Assembly, AlwaysOn: false, (services, _) => services.AddCatalog(), routes => routes.MapCatalog()),
    ];

    /// <summary>The names that <c>MODULES</c> may hold.</summary>
    public static IReadOnlyList<string> Optional { get; } = [.. s_all.Where(module => !module.AlwaysOn).Select(module => module.Name)];

    public static IReadOnlyList<ModuleDoor> Active(MaydonSettings settings) =>
        [.. s_all.Where(module => module.AlwaysOn || settings.Modules.Contains(module.Name))];
}
