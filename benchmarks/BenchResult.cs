using System.Globalization;

namespace Maydon.Bench;

/// <summary>Something that a measurement must reach.</summary>
internal sealed record Aim(string What, bool IsMet);

/// <summary>One measurement and what it was held against in the same run: rates per second, latencies in milliseconds.</summary>
internal sealed record BenchResult(string Name, double Rate, double Reference, double P50, double P99, long Errors, string Note, params IReadOnlyList<Aim> Aims)
{
    /// <summary>For programs.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"name={Name} rate={Rate:0.##} reference={Reference:0.##} ratio={Rate / Reference:0.00} p50_ms={P50:0.00} p99_ms={P99:0.00} errors={Errors}");

    /// <summary>For people, in Markdown.</summary>
    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Name} | {Rate:#,0.##} | {Reference:#,0.##} | {Rate / Reference:0.00} | {P50:0.00} | {P99:0.00} | {Errors} | {string.Join("<br>", Aims.Select(aim => $"{aim.What}: {(aim.IsMet ? "met" : "**missed**")}"))} |");
}
