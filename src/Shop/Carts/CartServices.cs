using Maydon.Inventory;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Redis;
using Maydon.Shop.Carts.InPostgres;
using Maydon.Shop.Carts.InRedis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Carts;

internal static class CartServices
{
    /// <summary>Of all that is read and changed about carts in PostgreSQL.</summary>
    public const string Lane = "carts";

    public static void AddCarts(this IServiceCollection services)
    {
        services.AddClaimLane(Lane);
        services.AddSingleton<CartClaims>();
        services.AddSingleton<CartLooks>();
        services.AddScoped<PostgresCarts>();
        services.AddScoped<ChangePostgresCart>();
        services.AddScoped<ICartStore>(provider => RedisCartsOf(provider) ?? (ICartStore)provider.GetRequiredService<PostgresCarts>());
        services.AddScoped<ICartChanges>(provider => RedisCartsOf(provider) is { } carts
            ? new ChangeRedisCart(provider.GetRequiredService<CallersCart>(), carts)
            : provider.GetRequiredService<ChangePostgresCart>());
        services.AddSingleton<CartVariants>();
        services.AddScoped<CallersCart>();
        services.AddScheduledJob<ForgetOldCarts>("shop.forget-old-carts", "0 23 * * * ?");
    }

    private static RedisCarts? RedisCartsOf(IServiceProvider provider) =>
        provider.GetService<RedisConnection>() is { } redis ? new RedisCarts(redis, provider.GetRequiredService<IHttpContextAccessor>()) : null;
}
