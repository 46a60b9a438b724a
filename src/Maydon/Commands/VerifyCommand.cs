using System.CommandLine;
using System.Globalization;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>verify</c>: one line per invariant, exit code 1 on any drift.</summary>
internal static class VerifyCommand
{
    // Enough to see a pattern; a broken ledger could name a million rows.
    private const int ShownDrifts = 20;

    public static Command Create()
    {
        var command = new Command("verify", "Recompute what must always hold from the ledger and the rows, and report every drift.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var session = await CommandSession.OpenAsync("verify", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        var drifted = false;
        foreach (var invariant in scope.ServiceProvider.GetServices<IInvariantCheck>())
        {
            var result = await invariant.RunAsync(cancellationToken);
            drifted |= !result.Holds;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(result.Holds ? "ok   " : "DRIFT")} {invariant.Name} ({result.Examined} examined, {result.Drifts.Count} drifts)"));
            foreach (var drift in result.Drifts.Take(ShownDrifts))
                Console.Out.WriteLine("      " + drift);
            if (result.Drifts.Count > ShownDrifts)
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      and {result.Drifts.Count - ShownDrifts} more"));
        }

        return drifted ? 1 : 0;
    }
}
