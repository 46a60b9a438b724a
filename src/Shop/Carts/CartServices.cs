using Maydon.Kernel.Jobs;
using Maydon.Kernel.Redis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Carts;

internal static class CartServices
{
    public static void AddCarts(this IServiceCollection services)
    {
        services.AddScoped<PostgresCarts>();
        services.AddScoped<ICartStore>(provider => provider.GetService<RedisConnection>() is { } redis
            ? new RedisCarts(redis, provider.GetRequiredService<IHttpContextAccessor>())
            : provider.GetRequiredService<PostgresCarts>());
        services.AddScoped<CartVariants>();
        services.AddScoped<CallersCart>();
        services.AddScoped<ChangeCart>();
        services.AddScheduledJob<ForgetOldCarts>("shop.forget-old-carts", "0 23 * * * ?");
    }
}
