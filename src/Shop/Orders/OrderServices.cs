using Maydon.Inventory;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Mails;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Shop.Orders.Receipts;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Orders;

internal static class OrderServices
{
    public static void AddOrders(this IServiceCollection services)
    {
        Messages.Register(typeof(OrderMailKinds));
        services.AddClaimHandler<OrderClaims>();
        services.AddScoped<CheckOut>();
        services.AddSingleton<OrderLinks>();
        services.AddSingleton<OrderReads>();
        services.AddScoped<CurrentOrderAccess>();
        services.AddSingleton<OrderMailComposer>();
        services.AddOutboxHandler<OrderMailHandler>(OrderMailKinds.Received);
        services.AddOutboxHandler<OrderMailHandler>(OrderMailKinds.Paid);
        services.AddOutboxHandler<OrderMailHandler>(OrderMailKinds.Shipped);
        services.AddOutboxHandler<OrderMailHandler>(OrderMailKinds.Cancelled);
        services.AddScoped<ICheck, ReceiptFontCheck>();
        services.AddScoped<IInvariantCheck, OrdersMatchClaims>();
        services.AddScoped<IInvariantCheck, LinesMatchStock>();
        services.AddScoped<IInvariantCheck, TotalsAddUp>();
        services.AddScoped<IInvariantCheck, OrdersMatchPayments>();
        services.AddScoped<IInvariantCheck, EveryOrderIsConfirmed>();
    }
}
