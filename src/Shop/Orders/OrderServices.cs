using Maydon.Inventory;
using Maydon.Shop.Orders.Deciding;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Orders;

internal static class OrderServices
{
    public static void AddOrders(this IServiceCollection services)
    {
        services.AddClaimHandler<OrderClaims>();
    }
}
