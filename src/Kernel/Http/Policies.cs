namespace Maydon.Kernel.Http;

/// <summary>Who may call an endpoint: names for <c>RequireAuthorization</c>. Without a name it is whoever is signed in.</summary>
public static class Policies
{
    public const string Seeker = "Seeker";
    public const string Facilitator = "Facilitator";
    public const string FacilitatorOrStaff = "FacilitatorOrStaff";

    /// <summary>Staff and superusers.</summary>
    public const string Staff = "Staff";

    public const string Superuser = "Superuser";
}
