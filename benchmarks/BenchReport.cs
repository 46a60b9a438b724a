using System.Globalization;
using System.Text;
using Maydon.Bench.Load;

namespace Maydon.Bench;

/// <summary>What was measured, where and of which state of the source.</summary>
internal static class BenchReport
{
    private const string Heading = """
        | name | rate/s | reference/s | ratio | p50 ms | p99 ms | errors | must reach |
        |---|---|---|---|---|---|---|---|
        """;

    public static string Table(IEnumerable<BenchResult> results) => $"{Heading}\n{string.Join('\n', results.Select(result => result.Row))}\n";

    public static async Task WriteAsync(IReadOnlyList<BenchResult> results, string file)
    {
        var text = new StringBuilder("# The last whole run of ./bench\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{await DescribeMachineAsync()}\n\n");
        text.Append("PostgreSQL with fsync, synchronous_commit and full_page_writes on; release build; client, server and database share the machine.\n\n");
        text.Append(Table(results)).Append('\n');
        foreach (var result in results)
            text.Append(CultureInfo.InvariantCulture, $"- {result.Name}: {result.Note}.\n");
        text.Append("\n```\n").AppendJoin('\n', results.Select(result => result.Line)).Append("\n```\n");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text.ToString());
    }

    private static async Task<string> DescribeMachineAsync()
    {
        var processor = (await File.ReadAllLinesAsync("/proc/cpuinfo")).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var postgres = (await Shell.RunAsync(Path.Combine(BenchDatabase.Binaries, "postgres"), "--version")).Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var commit = Environment.GetEnvironmentVariable("BENCH_COMMIT");
        return string.Create(CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} cores, {memory} GB; {Environment.OSVersion}; .NET {Environment.Version}; {postgres}; commit {commit}; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.");
    }
}
