using Maydon.Events.Browsing;
using Maydon.Events.Caching;
using Maydon.Events.Demo;
using Maydon.Events.Facilitation;
using Maydon.Events.Localization;
using Maydon.Events.Mails;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Events.Registrations.Own;
using Maydon.Events.Statistics;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Events;

/// <summary>Events that people register for.</summary>
public static class EventsModule
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        Messages.Register(typeof(EventMessages));
        services.AddSchema("events", typeof(EventsModule).Assembly);
        services.AddValidation();
        services.AddApiTags("events", "registrations", "seeker", "facilitator");
        services.AddModuleDbContext<EventsDbContext>();
        services.AddBrowsing();
        services.AddOrganising();
        services.AddRegistrations();
        services.AddScoped<IDemoData, DemoEvents>();
        services.AddEventMails();
        return services;
    }

    private static void AddBrowsing(this IServiceCollection services)
    {
        services.AddSingleton<EventStamps>();
        services.AddSingleton<EventPages>();
        services.AddSingleton<EventAnswers>();
        services.AddSingleton<EventReads>();
        services.AddScoped<GetEvent>();
        services.AddSingleton<TopEvents>();
        services.AddSingleton<AdminStatsReader>();
    }

    private static void AddOrganising(this IServiceCollection services)
    {
        services.AddScoped<CreateEvent>();
        services.AddScoped<ChangeEvent>();
        services.AddScoped<DeleteEvent>();
        services.AddSingleton<FacilitatorEvents>();
        services.AddScoped<Participants>();
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        // Made before the node listens, so that it misses no signal.
        _ = routes.ServiceProvider.GetRequiredService<EventStamps>();
        routes.MapEventEndpoints();
        routes.MapStatisticsEndpoints();
        routes.MapFacilitatorEndpoints();
        routes.MapRegistrationEndpoints();
        routes.MapEnrollmentEndpoints();
    }
}
