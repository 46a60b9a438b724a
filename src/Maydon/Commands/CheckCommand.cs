using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>check [--deploy] [--json]</c>: exit code 1 when a check of severity error has failed.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create()
    {
        var deploy = new Option<bool>("--deploy") { Description = "Also look at what matters only where people rely on the server." };
        var json = new Option<bool>("--json") { Description = "Answer as JSON, for programs." };
        var command = new Command("check", "Look whether the set-up is sound: what is wrong, how bad it is, how to mend it.") { deploy, json };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(deploy), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool deploy, bool json, CancellationToken cancellationToken)
    {
        await using var session = await CommandSession.OpenAsync("check", needsSchema: false, cancellationToken);
        var outcomes = await session.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => deploy || !check.ForDeployment, cancellationToken);
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(outcomes.Select(Describe), s_json));
        else
            Print(outcomes);
        return outcomes.Any(outcome => outcome is { Severity: Severity.Error, Result.Status: CheckStatus.Failed }) ? 1 : 0;
    }

    private static object Describe(CheckOutcome outcome) => new
    {
        outcome.Code,
        outcome.Severity,
        outcome.Result.Status,
        outcome.Result.Found,
        outcome.Result.Mend,
        Link = "docs/checks.md",
    };

    private static void Print(IReadOnlyList<CheckOutcome> outcomes)
    {
        var width = outcomes.Max(outcome => outcome.Code.Length);
        foreach (var outcome in outcomes)
        {
            var verdict = outcome.Result.Status switch
            {
                CheckStatus.Passed => "ok",
                CheckStatus.Unknown => "unknown",
                _ => outcome.Severity.ToString().ToUpperInvariant(),
            };
            Console.Out.WriteLine($"{verdict,-8} {outcome.Code.PadRight(width)}  {outcome.Result.Found}");
            if (outcome.Result.Mend is { } mend)
                Console.Out.WriteLine($"{"",8} {"".PadRight(width)}  → {mend}");
        }

        var counts = outcomes.CountBy(outcome => outcome.Result.Status).ToDictionary();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{counts.GetValueOrDefault(CheckStatus.Passed)} passed, {counts.GetValueOrDefault(CheckStatus.Failed)} failed, {counts.GetValueOrDefault(CheckStatus.Unknown)} unknown; docs/checks.md explains each."));
    }
}
