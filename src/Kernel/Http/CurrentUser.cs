using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>
/// The signed-in user as the modules see them, read from the verified token alone: no database read. Roles include
/// <see cref="Staff"/> and <see cref="Superuser"/>; whoever changes them ends the sessions that carry the old ones.
/// </summary>
public sealed class CurrentUser(IHttpContextAccessor accessor)
{
    public const string Staff = "staff";
    public const string Superuser = "superuser";
    public const string IdClaim = "user_id";
    public const string SessionClaim = "sid";
    public const string RoleClaim = "roles";

    private ClaimsPrincipal? Principal => accessor.HttpContext?.User;

    /// <summary>Only where the endpoint requires a signed-in user.</summary>
    public long Id => IdOf(Principal) ?? throw new InvalidOperationException("Nobody is signed in: the endpoint lacks its policy.");

    public long? IdOrNull => IdOf(Principal);

    public string? SessionId => Principal?.FindFirstValue(SessionClaim);

    public bool IsStaff => HasRole(Staff) || IsSuperuser;

    public bool IsSuperuser => HasRole(Superuser);

    public bool HasRole(string role) => Principal?.HasClaim(RoleClaim, role) is true;

    internal static long? IdOf(ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated is true
        && long.TryParse(principal.FindFirstValue(IdClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
