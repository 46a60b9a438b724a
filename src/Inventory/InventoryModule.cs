using System.Diagnostics.Metrics;
using Maydon.Inventory.Claims;
using Maydon.Inventory.Claims.Writing;
using Maydon.Inventory.Holds;
using Maydon.Inventory.Verification;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
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
        services.AddSingleton(provider => new ClaimMeters(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<ClaimQueue>(), ClaimWriter.OfClaims));
        services.AddSingleton<IHostedService>(provider => Writer(provider, ClaimWriter.OfClaims, provider.GetRequiredService<ClaimQueue>(), provider.GetRequiredService<ClaimMeters>()));
        services.AddScheduledJob<ReleaseDueHolds>("inventory.due-holds", "0 * * * * ?");
        services.AddScoped<IInvariantCheck, PoolsMatchLedger>();
        services.AddScoped<IInvariantCheck, ClaimsMatchLedger>();
        services.AddScoped<IInvariantCheck, HoldsEndInTime>();
        services.AddSingleton(provider => new ImmediateClaims(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ClaimMeters>()));
        return services;
    }

    /// <summary>
    /// Another queue, under this key, with a writer of its own: for handlers whose requests are about no pool. They share commits among themselves, and
    /// neither wait for whoever has locked a pool nor keep claims waiting.
    /// </summary>
    public static IServiceCollection AddClaimLane(this IServiceCollection services, string lane)
    {
        services.AddKeyedSingleton(lane, (provider, _) => new ClaimQueue(provider.GetRequiredService<ClaimQueueOptions>()));
        return services.AddSingleton<IHostedService>(provider =>
        {
            var queue = provider.GetRequiredKeyedService<ClaimQueue>(lane);
            return Writer(provider, lane, queue, new ClaimMeters(provider.GetRequiredService<IMeterFactory>(), queue, lane));
        });
    }

    /// <summary>One instance for all requests of its kind.</summary>
    public static IServiceCollection AddClaimHandler<THandler>(this IServiceCollection services) where THandler : class =>
        services.AddSingleton<THandler>().AddSingleton(provider => (IClaimHandler)provider.GetRequiredService<THandler>());

    private static ClaimWriter Writer(IServiceProvider provider, string lane, ClaimQueue queue, ClaimMeters meters) => new(
        lane, queue, provider.GetRequiredService<ClaimQueueOptions>(), provider.GetRequiredService<NpgsqlDataSource>(), meters,
        provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ClaimWriter>>());
}
