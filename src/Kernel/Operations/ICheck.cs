namespace Maydon.Kernel.Operations;

/// <summary>
/// One entry of the catalogue behind <c>check</c> and <c>/health/detailed/</c>; registered by whoever knows
/// (<c>services.AddScoped&lt;ICheck, …&gt;()</c>) and listed in <c>docs/checks.md</c>. Answers within seconds and changes nothing.
/// </summary>
public interface ICheck
{
    /// <summary>Stable and dotted, for programs: <c>database.reachable</c>.</summary>
    string Code { get; }

    Severity Severity { get; }

    /// <summary>Its key under <c>checks</c> of <c>/health/detailed/</c>; null when it is about the set-up, not about being well now.</summary>
    string? HealthKey => null;

    /// <summary>True for what matters only where people rely on the server: <c>check --deploy</c>.</summary>
    bool ForDeployment => false;

    /// <summary>A failure of what is looked at is a result. A database that does not answer and a file that cannot be read may be thrown: then nothing is known.</summary>
    Task<CheckResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary>How bad it is when a check fails: an error stops a deployment, a warning wants to be known.</summary>
public enum Severity { Warning, Error }

public enum CheckStatus { Passed, Failed, Unknown }

/// <summary>What was found, as a sentence, and for a failure how to mend it.</summary>
public sealed record CheckResult(CheckStatus Status, string Found, string? Mend = null)
{
    public static CheckResult Passed(string found) => new(CheckStatus.Passed, found);
    public static CheckResult Failed(string found, string mend) => new(CheckStatus.Failed, found, mend);

    /// <summary>What cannot be seen from here is said so, never taken as passed.</summary>
    public static CheckResult Unknown(string why) => new(CheckStatus.Unknown, why);
}
