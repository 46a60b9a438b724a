namespace Maydon.Kernel.Operations;

/// <summary>
/// Guards taken out on purpose, so that the fault tests can show they would notice: <c>MAYDON_BREAK=capacity,unique,ledger</c>.
/// This file is not part of a release build, nor is any call of it.
/// </summary>
public static class BrokenGuards
{
    private static readonly string[] s_broken =
        (Environment.GetEnvironmentVariable("MAYDON_BREAK") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public static bool Contains(string guard) => s_broken.Contains(guard);
}
