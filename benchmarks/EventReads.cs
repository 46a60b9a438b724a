namespace Maydon.Bench;

/// <summary>Lists, searches and single events, with a thousand and with a million of them.</summary>
internal static class EventReads
{
    public static Task<BenchResult> MeasureAsync() => new ReadBench
    {
        Name = "events-read",
        Things = "events",
        Many = 1_000_000,
        Page = "/api/events/",
        AddAsync = EventSupply.AddAsync,
        Written = "events.written",
        Mix =
        [
            .. Enumerable.Range(1, 20).Select(page => $"/api/events/?page={page}"),
            .. Enumerable.Range(1, 10).Select(page => $"/api/events/search/?page={page}"),
            .. EventSupply.Words.SelectMany(word => new[] { $"/api/events/?q={word}", $"/api/events/search/?q={word}" }),
            .. Enumerable.Range(1, 200).Select(n => $"/api/events/{(n * 7919L % 1_000) + 1}/"),
        ],
        First =
        [
            ("list", "/api/events/"),
            ("page 1000", "/api/events/?page=1000"),
            ("rare word", "/api/events/?q=kamyob"),
            ("common word", "/api/events/?q=musiqa"),
            ("search", "/api/events/search/?q=tarix"),
            ("with seats", "/api/events/?has_seats=true"),
            ("event", "/api/events/500/"),
        ],
    }.MeasureAsync();
}
