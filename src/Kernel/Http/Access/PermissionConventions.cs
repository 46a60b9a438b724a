using System.Security.Claims;
using Maydon.Kernel.Http.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http;

public static class PermissionConventions
{
    /// <summary>
    /// What groups may grant: <c>AddPermissions("catalog", "project", "client")</c> makes view, add, change and delete of each known, as
    /// <c>catalog.view_project</c> and so on.
    /// </summary>
    public static IServiceCollection AddPermissions(this IServiceCollection services, string module, params string[] models) =>
        services.AddSingleton(new ModulePermissions([.. models.SelectMany(model => Permission.Of(module, model))]));

    /// <summary>
    /// Only for whoever may <paramref name="permission"/>: 401 to who is nobody yet, 403 <c>permission_denied</c> to who may not. Of a group and its
    /// endpoint both are asked for. API keys open these endpoints, public ones, and those of <see cref="OpenToApiKeys"/>, no others.
    /// </summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission) where TBuilder : IEndpointConventionBuilder
    {
        var required = new RequiredPermission(Permission.Checked(permission));
        // Not RequireAuthorization, which would ask for the default policy too.
        return builder.WithMetadata(required, new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(context => CurrentUser.May(context.User, permission)).Build());
    }

    /// <summary>For whoever is signed in, with an API key too, whatever its scope: the endpoint itself shows each caller what they may see.</summary>
    public static TBuilder OpenToApiKeys<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(KeysWelcome.Mark);
}

/// <summary>An endpoint's metadata: what it asks of its caller.</summary>
public sealed record RequiredPermission(string Name);

/// <summary>An endpoint's metadata: API keys open it though it asks for no permission.</summary>
internal sealed class KeysWelcome
{
    public static readonly KeysWelcome Mark = new();
}

/// <summary>Every permission that the modules of this server know, in alphabetical order.</summary>
public sealed class KnownPermissions
{
    internal KnownPermissions(IEnumerable<ModulePermissions> modules) =>
        All = [.. modules.SelectMany(module => module.Names).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> All { get; }
}

internal sealed record ModulePermissions(IReadOnlyList<string> Names);

/// <summary>How permissions are carried by whoever is signed in.</summary>
public static class PermissionClaim
{
    public const string Type = "may";

    /// <summary>The value of the one claim for all of them, in the short spelling of tokens.</summary>
    public static string ValueOf(IEnumerable<string> permissions) => Permission.Spell(permissions);

    internal static bool Holds(ClaimsPrincipal principal, string permission) =>
        principal.FindFirst(Type) is { } claim && Permission.IsSpelledIn(claim.Value, permission);
}
