using Maydon.Inventory.Claims;
using Maydon.Inventory.Claims.Writing;
using Maydon.Inventory.Holds;
using Maydon.Inventory.Verification;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Maydon.Inventory;

/// <summary>Pools, claims and their ledger: whatever there is only so much of. It has no HTTP of its own.</summary>
public static class InventoryModule
{
    public static IServiceCollection AddInventory(this IServiceCollection services)
    {
        services.AddSchema("inventory", typeof(InventoryModule).Assembly);
        services.TryAddSingleton(new ClaimQueueOptions());
        services.AddSingleton(provider => new ClaimQueue(provider.GetRequiredService<ClaimQueueOptions>()));
        services.AddSingleton<ClaimMeters>();
        services.AddHostedService<ClaimWriter>();
        services.AddScheduledJob<ReleaseDueHolds>("inventory.due-holds", "0 * * * * ?");
        services.AddScoped<IInvariantCheck, PoolsMatchLedger>();
        services.AddScoped<IInvariantCheck, ClaimsMatchLedger>();
        services.AddScoped<IInvariantCheck, HoldsEndInTime>();
        services.AddSingleton(provider => new ImmediateClaims(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ClaimMeters>()));
        return services;
    }

    /// <summary>One instance for all requests of its kind.</summary>
    public static IServiceCollection AddClaimHandler<THandler>(this IServiceCollection services) where THandler : class =>
        services.AddSingleton<THandler>().AddSingleton(provider => (IClaimHandler)provider.GetRequiredService<THandler>());
}
