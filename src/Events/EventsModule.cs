using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Events;

/// <summary>Events that people register for.</summary>
public static class EventsModule
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services.AddSchema("events", typeof(EventsModule).Assembly);

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
    }
}
