using System.Globalization;
using System.Text.RegularExpressions;

namespace Maydon.Bench.Load;

/// <summary>What clients saw. Refused requests are not work: they are errors and do not count into the rate.</summary>
internal sealed record LoadResult(long Done, double Seconds, long Errors, double P50, double P99, double Max)
{
    public double Rate => Done / Seconds;
}

internal static partial class Wrk
{
    public const int Connections = 64;
    public const int Threads = 2;

    public static async Task<LoadResult> RunAsync(string script, string url, TimeSpan duration, params string[] arguments)
    {
        var output = await Shell.RunAsync(
            "wrk", ["-t", $"{Threads}", "-c", $"{Connections}", "-d", $"{(int)duration.TotalSeconds}s", "-s", Path.Combine(AppContext.BaseDirectory, "Load", script), url, "--", .. arguments]);
        var match = ResultLine().Match(output);
        if (!match.Success)
            throw new InvalidOperationException($"wrk printed no result: {output}");
        var refused = Number("refused") + Number("broken");
        return new LoadResult((long)(Number("requests") - Number("refused")), Number("seconds"), (long)refused, Number("p50_ms"), Number("p99_ms"), Number("max_ms"));

        double Number(string name) => double.Parse(Regex.Match(match.Value, $@"\b{name}=(\S+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^RESULT .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex ResultLine();
}
