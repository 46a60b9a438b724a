using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Identity;

/// <summary>Accounts, sign-in, sessions and rights.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddSchema("identity", typeof(IdentityModule).Assembly);
        services.AddAuthentication();
        services.AddAuthorization();
        return services;
    }

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
    }
}
