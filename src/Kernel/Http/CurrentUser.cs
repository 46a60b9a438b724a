using System.Globalization;
using System.Security.Claims;
using Maydon.Kernel.Http.Access;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>
/// The signed-in user as the modules see them, read from the verified token alone: no database read. Roles include
/// <see cref="Staff"/> and <see cref="Superuser"/>; whoever changes them or a permission ends the sessions that carry the old ones.
/// </summary>
public sealed class CurrentUser(IHttpContextAccessor accessor)
{
    public const string Staff = "staff";
    public const string Superuser = "superuser";
    public const string IdClaim = "user_id";
    public const string SessionClaim = "sid";
    public const string RoleClaim = "roles";

    /// <summary>The authentication type of a caller with an API key, who has permissions but neither roles nor a session.</summary>
    public const string ByApiKey = "Api-Key";

    private ClaimsPrincipal? Principal => accessor.HttpContext?.User;

    /// <summary>Only where the endpoint requires a signed-in user.</summary>
    public long Id => IdOf(Principal) ?? throw new InvalidOperationException("Nobody is signed in: the endpoint lacks its policy.");

    public long? IdOrNull => IdOf(Principal);

    /// <summary>By a token or an API key. A key that reads what is public is signed in and yet nobody: it has permissions there but no <see cref="IdOrNull"/>.</summary>
    public bool IsSignedIn => Principal?.Identity?.IsAuthenticated is true;

    /// <summary>By an API key, whose scope is all that it opens.</summary>
    public bool HasApiKey => Principal is { } principal && IsByApiKey(principal);

    public string? SessionId => Principal?.FindFirstValue(SessionClaim);

    public bool IsStaff => HasRole(Staff) || IsSuperuser;

    public bool IsSuperuser => HasRole(Superuser);

    public bool HasRole(string role) => Principal?.HasClaim(RoleClaim, role) is true;

    /// <summary>A permission such as <c>catalog.add_project</c>. Superusers may all; anybody else has what their groups give, an API key its scopes of that.</summary>
    public bool May(string permission) => Principal is { } principal && May(principal, Permission.Checked(permission));

    internal static bool May(ClaimsPrincipal principal, string permission) =>
        principal.Identity?.IsAuthenticated is true && (principal.HasClaim(RoleClaim, Superuser) || PermissionClaim.Holds(principal, permission));

    internal static bool IsByApiKey(ClaimsPrincipal principal) => principal.Identity?.AuthenticationType == ByApiKey;

    internal static long? IdOf(ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated is true
        && long.TryParse(principal.FindFirstValue(IdClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
