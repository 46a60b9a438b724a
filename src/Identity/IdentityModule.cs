using Maydon.Identity.Accounts;
using Maydon.Identity.Sessions;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Identity;

/// <summary>Accounts, sign-in, sessions and rights.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddSchema("identity", typeof(IdentityModule).Assembly);
        services.AddTokens();
        return services;
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<DerivedKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<EndedSessions>();
        services.AddAuthentication(BearerAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(BearerAuthentication.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Seeker, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Seeker))
            .AddPolicy(Policies.Facilitator, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Facilitator))
            .AddPolicy(Policies.FacilitatorOrStaff, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Facilitator, CurrentUser.Staff, CurrentUser.Superuser))
            .AddPolicy(Policies.Staff, policy => policy.RequireClaim(CurrentUser.RoleClaim, CurrentUser.Staff, CurrentUser.Superuser))
            .AddPolicy(Policies.Superuser, policy => policy.RequireClaim(CurrentUser.RoleClaim, CurrentUser.Superuser));
    }

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
    }
}
