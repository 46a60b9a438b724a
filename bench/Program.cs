using System.Globalization;
using Maydon.Bench;

if (args is ["constant", var constantPort, var size])
    return await BenchServer.ConstantAsync(int.Parse(constantPort), int.Parse(size));

foreach (var (name, measure) in new (string, Func<Task<BenchResult>>)[]
{
    ("hot-event", Registrations.HotEventAsync),
    ("many-events", Registrations.ManyEventsAsync),
    ("events-read", EventReads.MeasureAsync),
})
{
    if (args.Length == 0 || args.Contains(name))
        Console.WriteLine(await measure());
}

return 0;
