namespace Maydon.Identity.Accounts;

/// <summary>What an account can be to the modules. Staff and superuser are no roles but flags of their own.</summary>
internal static class Roles
{
    public const string Seeker = "Seeker";
    public const string Facilitator = "Facilitator";
    public const string Clinic = "Clinic";
    public const string Doctor = "Doctor";
    public const string Registrar = "Registrar";

    /// <summary>What anybody can be who signs up as such: having one of these opens nobody's data but one's own.</summary>
    public static readonly IReadOnlyList<string> OfSignUp = [Seeker, Facilitator];

    public static readonly IReadOnlyList<string> All = [Seeker, Facilitator, Clinic, Doctor, Registrar];
}
