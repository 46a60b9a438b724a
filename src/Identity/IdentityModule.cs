using Maydon.Identity.Accounts;
using Maydon.Identity.ApiKeys;
using Maydon.Identity.Codes;
using Maydon.Identity.Contracts;
using Maydon.Identity.Demo;
using Maydon.Identity.Groups;
using Maydon.Identity.Localization;
using Maydon.Identity.Passwords;
using Maydon.Identity.Sessions;
using Maydon.Identity.Staff;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Identity;

/// <summary>Accounts, sign-in, sessions and rights.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        Messages.Register(typeof(IdentityTexts));
        services.AddValidation();
        services.AddApiTags("auth", "token");
        services.AddSchema("identity", typeof(IdentityModule).Assembly);
        services.AddModuleDbContext<IdentityDb>();
        services.AddConstraintProblem("users_email", StatusCodes.Status409Conflict, "email_exists");
        services.AddConstraintProblem("users_phone", StatusCodes.Status409Conflict, "phone_exists");
        services.AddConstraintProblem("users_username", StatusCodes.Status409Conflict, "username_exists");
        services.AddConstraintProblem("groups_name", StatusCodes.Status409Conflict, "group_exists");
        services.AddConstraintProblem("user_groups_group", StatusCodes.Status404NotFound, "group_not_found");
        services.AddConstraintProblem("api_keys_name", StatusCodes.Status409Conflict, "api_key_exists");
        services.AddSingleton<Caller>();
        services.AddScoped<IdentityAudit>();
        services.AddTokens();
        services.AddAccounts();
        services.AddSessions();
        services.AddRights();
        return services;
    }

    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        routes.MapAccountEndpoints();
        routes.MapPasswordEndpoints();
        routes.MapSessionEndpoints();
        routes.MapTokenEndpoints();
        routes.MapStaffEndpoints();
        routes.MapGroupEndpoints();
        routes.MapApiKeyEndpoints();
    }

    private static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<DerivedKeys>();
        services.AddSingleton<AccessTokens>();
        // Not AddAuthentication, which also makes a key ring in the home directory at every start: nothing here encrypts with it.
        services.AddAuthenticationCore(options => options.DefaultScheme = BearerAuthentication.SchemeName);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(
                BearerAuthentication.SchemeName, options => options.ForwardDefaultSelector = context => ApiKeyAuthentication.IsFor(context.Request) ? ApiKeyAuthentication.SchemeName : null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Seeker, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Seeker))
            .AddPolicy(Policies.Facilitator, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Facilitator))
            .AddPolicy(Policies.FacilitatorOrStaff, policy => policy.RequireClaim(CurrentUser.RoleClaim, Roles.Facilitator, CurrentUser.Staff, CurrentUser.Superuser))
            .AddPolicy(Policies.Staff, policy => policy.RequireClaim(CurrentUser.RoleClaim, CurrentUser.Staff, CurrentUser.Superuser))
            .AddPolicy(Policies.Superuser, policy => policy.RequireClaim(CurrentUser.RoleClaim, CurrentUser.Superuser));
    }

    private static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton(PasswordCost.Recommended);
        services.AddSingleton<PasswordHashing>();
        services.AddScoped<UnverifiedAccounts>();
        services.AddScoped<SignUp>();
        services.AddScoped<VerifyEmail>();
        services.AddScoped<Profile>();
        services.AddScoped<OneTimeCodes>();
        services.AddScoped<RequestCode>();
        services.AddOutboxHandler<SendCodeMail>(CodeMail.Kind, CodeMail.Keep);
        services.AddScoped<ChangePassword>();
        services.AddScoped<StorePassword>();
        services.AddScoped<ResetPassword>();
        services.AddScoped<UserList>();
        services.AddScoped<ChangeUser>();
        services.AddScoped<CreateSuperuser>();
        services.AddScoped<SetPassword>();
        services.AddScoped<ICheck, SuperuserCheck>();
        services.AddScoped<ICheck, DemoPeopleCheck>();
        services.AddScoped<IDemoData, DemoPeople>();
        services.AddScoped(provider => new AccountCommands(provider.GetRequiredService<CreateSuperuser>(), provider.GetRequiredService<SetPassword>()));
    }

    private static void AddRights(this IServiceCollection services)
    {
        services.AddScoped<WriteGroup>();
        services.AddScoped<WriteApiKey>();
        services.AddScoped<CreateServiceAccount>();
        services.AddScoped(provider => new RightsCommands(
            provider.GetRequiredService<IdentityDb>(), provider.GetRequiredService<WriteGroup>(), provider.GetRequiredService<CreateServiceAccount>(),
            provider.GetRequiredService<WriteApiKey>(), provider.GetRequiredService<KnownPermissions>(), provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<EndedSessions>();
        services.AddHostedService<EndedSessionsFeed>();
        services.AddScoped<SessionEnding>();
        services.AddScoped<SessionTokens>();
        services.AddScoped<SignInThrottle>();
        services.AddScoped<SignIn>();
        services.AddScoped<RefreshSession>();
        services.AddScoped<SignOut>();
        services.AddScoped<OwnSessions>();
        services.AddScheduledJob<ForgetOldSessions>("identity.forget-old-sessions", "0 17 * * * ?");
    }
}
