using System.Globalization;
using System.Text.RegularExpressions;

namespace Maydon.Bench.Load;

internal sealed record ReferenceResult(double Rate, double AverageMs);

/// <summary>PostgreSQL's own benchmark running one bare statement as a transaction: what a server would do without Maydon.</summary>
internal static class PgBench
{
    public const int Clients = 64;

    public static async Task<ReferenceResult> RunAsync(BenchDatabase database, string sql, TimeSpan duration)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, sql);
        var output = await Shell.RunAsync(
            Path.Combine(BenchDatabase.Binaries, "pgbench"),
            ["-n", "-M", "prepared", "-c", $"{Clients}", "-j", "2", "-T", $"{(int)duration.TotalSeconds}", "-f", script, "-h", database.Socket, "-U", database.User, database.Name]);
        File.Delete(script);
        return new ReferenceResult(Number(output, @"tps = ([\d.]+)"), Number(output, @"latency average = ([\d.]+)"));
    }

    private static double Number(string output, string pattern) =>
        double.Parse(Regex.Match(output, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value, CultureInfo.InvariantCulture);
}
