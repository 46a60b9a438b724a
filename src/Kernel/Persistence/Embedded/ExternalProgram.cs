using System.ComponentModel;
using System.Diagnostics;
using Maydon.Kernel.Operations;

namespace Maydon.Kernel.Persistence.Embedded;

/// <summary>Programs that come with the machine: PostgreSQL's own and the few of util-linux and coreutils that start them.</summary>
internal static class ExternalProgram
{
    public static ProcessStartInfo Describe(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // Ours may be one that the unprivileged user cannot enter.
            WorkingDirectory = "/",
        };
        // PGPORT, PGDATA and the like are meant for somebody's other cluster.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new OperatorException($"The program {start.FileName} cannot be started ({e.Message}): install it, or set DATABASE_URL to use another PostgreSQL.", e);
        }
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        using var process = Start(Describe(command));
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
