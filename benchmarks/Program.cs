using System.Globalization;
using Maydon.Bench;

if (args is ["constant", var constantPort, var size])
    return await BenchServer.ConstantAsync(int.Parse(constantPort, CultureInfo.InvariantCulture), int.Parse(size, CultureInfo.InvariantCulture));

(string Name, Func<Task<BenchResult>> Measure)[] all =
[
    ("hot-event", Registrations.HotEventAsync),
    ("many-events", Registrations.ManyEventsAsync),
    ("hot-sku", Orders.HotSkuAsync),
    ("events-read", EventReads.MeasureAsync),
    ("products-read", ProductReads.MeasureAsync),
    ("items-read", ItemReads.MeasureAsync),
    ("import", Imports.MeasureAsync),
    ("start", Start.MeasureAsync),
];
if (args.Except(all.Select(one => one.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"There is no bench {unknown}: {string.Join(", ", all.Select(one => one.Name))}.");
    return 1;
}

var results = new List<BenchResult>();
foreach (var (name, measure) in all.Where(one => args.Length == 0 || args.Contains(one.Name)))
{
    var result = await measure();
    results.Add(result);
    Console.WriteLine($"{result.Line}\n  {result.Note}");
}

Console.WriteLine($"\n{BenchReport.Table(results)}");
if (args.Length == 0)
    await BenchReport.WriteAsync(results, Path.Combine("benchmarks", "results", "latest.md"));
return 0;
