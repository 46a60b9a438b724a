using Maydon.Kernel.Jobs;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Events.Mails;

internal static class EventMailServices
{
    public static IServiceCollection AddEventMails(this IServiceCollection services)
    {
        Messages.Register(typeof(EventMailServices));
        services.AddSingleton<EventMailComposer>();
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.Confirmation);
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.Cancellation);
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.ThankYou);
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.Reminder);
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.Changed);
        services.AddOutboxHandler<EventMailHandler>(EventMailKinds.EventCancelled);
        services.AddScoped<IInvariantCheck, EveryEnrolmentIsConfirmed>();
        services.AddScheduledJob<QueueDueMails>("events.queue-due-mails", "0 * * * * ?");
        return services;
    }
}
