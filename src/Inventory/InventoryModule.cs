using Maydon.Kernel.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Inventory;

/// <summary>Pools, claims and their ledger: whatever there is only so much of. It has no HTTP of its own.</summary>
public static class InventoryModule
{
    public static IServiceCollection AddInventory(this IServiceCollection services) => services.AddSchema("inventory", typeof(InventoryModule).Assembly);
}
