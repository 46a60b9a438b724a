using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Shop.Payments.Checks;
using Maydon.Shop.Payments.Refunds;
using Maydon.Shop.Payments.Settling;
using Maydon.Shop.Payments.Starting;
using Maydon.Shop.Payments.Stripe;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Payments;

internal static class PaymentServices
{
    public static void AddPayments(this IServiceCollection services)
    {
        services.AddSingleton<StripeApi>();
        services.AddSingleton<IPaymentProvider, StripePayments>();
        services.AddSingleton<PaymentProviders>();
        services.AddScoped<StartPayment>();
        services.AddScoped<TakeNews>();
        services.AddOutboxHandler<RefundPayment>(RefundPayment.Kind);
        services.AddScheduledJob<ReconcilePayments>("shop.reconcile-payments", "20 * * * * ?");
        services.AddScheduledJob<FollowRefunds>("shop.follow-refunds", "40 * * * * ?");
        foreach (var (code, severity, forDeployment, look) in StripeCheck.All)
            services.AddScoped<ICheck>(provider => new StripeCheck(code, severity, forDeployment, () => look(provider.GetRequiredService<MaydonSettings>())));
        services.AddScoped<ICheck, UnsettledPaymentsCheck>();
        services.AddScoped<IInvariantCheck, RefundsAreOnTheirWay>();
    }
}
