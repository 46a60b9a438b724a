using Maydon.Kernel.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Carts;

internal static class CartServices
{
    public static void AddCarts(this IServiceCollection services)
    {
        services.AddScoped<ICartStore, PostgresCarts>();
        services.AddScoped<CartVariants>();
        services.AddScoped<CallersCart>();
        services.AddScoped<ChangeCart>();
        services.AddScheduledJob<ForgetOldCarts>("shop.forget-old-carts", "0 23 * * * ?");
    }
}
