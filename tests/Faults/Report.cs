using System.Diagnostics;
using System.Text;
using Maydon.Tests.Support;

namespace Maydon.Faults;

/// <summary>What all campaigns of a run did together.</summary>
internal sealed class Report
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<string> _campaigns = [];

    public Findings Findings { get; } = new();

    public async Task AddAsync(Plan plan, Cluster cluster)
    {
        var began = _watch.Elapsed;
        await using (var field = await Battlefield.PrepareAsync(plan.Embedded ? null : cluster, plan.Nodes))
        await using (var campaign = new Campaign(plan, field, Findings))
            await campaign.FightAsync();
        _campaigns.Add($"{plan.Name} (seed {plan.Seed}): {plan.Kills} kills, {(_watch.Elapsed - began).TotalSeconds:F0} s");
    }

    public async Task SaveAsync(string file)
    {
        var text = new StringBuilder("# Faults\n\n");
        text.Append($"{await DescribeMachineAsync()}\n\nPostgreSQL with fsync, synchronous_commit and full_page_writes on; debug build; seeds as named below.\n\n");
        text.Append("| what | count |\n|---|---|\n");
        foreach (var (what, count) in Findings.Counts)
            text.Append($"| {what} | {count:N0} |\n");
        text.Append($"| **violations** | **{Findings.Violations.Count}** |\n| duration | {_watch.Elapsed:hh\\:mm\\:ss} |\n\n");
        foreach (var campaign in _campaigns)
            text.Append($"- {campaign}\n");
        foreach (var violation in Findings.Violations.Take(100))
            text.Append($"- VIOLATION: {violation}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text.ToString());
    }

    public override string ToString() => $"{Findings}\n{string.Join('\n', _campaigns)}\n{_watch.Elapsed.TotalSeconds:F0} s";

    private static async Task<string> DescribeMachineAsync()
    {
        var processor = (await File.ReadAllLinesAsync("/proc/cpuinfo")).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var commit = await OutputAsync("git", "-C", Repository.Root, "rev-parse", "--short", "HEAD");
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GB; {Environment.OSVersion}; .NET {Environment.Version}; commit {commit}; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.";
    }

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }
}
