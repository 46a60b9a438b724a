using Maydon.Events.Browsing;
using Maydon.Events.Localization;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Kernel.Localization;
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
        services.AddModuleDbContext<EventsDbContext>();
        services.AddScoped<CreateEvent>();
        services.AddScoped<GetEvent>();
        services.AddRegistrations();
        return services;
    }

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapEventEndpoints();
        routes.MapRegistrationEndpoints();
    }
}
