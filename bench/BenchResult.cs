using System.Globalization;

namespace Maydon.Bench;

internal sealed record BenchResult(string Name, double Rate, double Reference, double P50, double P99, long Errors, string Note)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"name={Name} rate={Rate:0} reference={Reference:0} ratio={Rate / Reference:0.00} p50_ms={P50:0.00} p99_ms={P99:0.00} errors={Errors} # {Note}");
}
