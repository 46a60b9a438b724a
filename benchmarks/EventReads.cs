using System.Globalization;
using Maydon.Bench.Load;

namespace Maydon.Bench;

/// <summary>
/// Lists, searches and single events, with a thousand and with a million of them: a page that is in memory against Kestrel sending as many
/// bytes that never change, and how much slower readers are served when there is a thousand times as much.
/// </summary>
internal static class EventReads
{
    private const int Few = 1_000;
    private const int Many = 1_000_000;

    private static readonly (string Name, string Address)[] s_first =
    [
        ("list", "/api/events/"),
        ("page 1000", "/api/events/?page=1000"),
        ("rare word", "/api/events/?q=kamyob"),
        ("common word", "/api/events/?q=musiqa"),
        ("search", "/api/events/search/?q=tarix"),
        ("with seats", "/api/events/?has_seats=true"),
        ("event", "/api/events/500/"),
    ];

    public static async Task<BenchResult> MeasureAsync()
    {
        await using var database = await BenchDatabase.StartAsync();
        LoadResult few, many, page, constant;
        string first;
        await using (var server = await BenchServer.StartAsync(database))
        {
            await EventSupply.AddAsync(database, 0, Few);
            few = await MixAsync(server.Url, Few);
        }

        await EventSupply.AddAsync(database, Few, Many);
        await using (var server = await BenchServer.StartAsync(database))
        {
            await Reading.ReadAsync(server.Url, "/api/events/?page=2&ordering=title");
            first = await Reading.FirstAnswersAsync(server.Url, s_first);
            many = await MixAsync(server.Url, Many);
            page = await Reading.LoadAsync(server.Url, "/api/events/");
            var size = (await Reading.ReadAsync(server.Url, "/api/events/")).Length;
            await using var bare = await BenchServer.StartConstantAsync(size);
            constant = await Reading.LoadAsync(bare.Url, "/");
        }

        var errors = few.Errors + many.Errors + page.Errors + constant.Errors;
        return new BenchResult("events-read", page.Rate, constant.Rate, many.P50, many.P99, errors, string.Create(CultureInfo.InvariantCulture,
            $"the mix: p99 {many.P99:0.00} ms with a million, {few.P99:0.00} ms with a thousand ({many.P99 / few.P99:0.00} x), {many.Rate:0}/s and {few.Rate:0}/s; first answers with a million: {first}"),
            new Aim("ratio ≥ 0.25 for a cached page", page.Rate >= 0.25 * constant.Rate), new Aim("p99 with a million ≤ 2 × with a thousand", many.P99 <= 2 * few.P99));
    }

    /// <summary>What readers do: the next pages, some searches, and the events on those pages. The same addresses again and again, as links are.</summary>
    private static async Task<LoadResult> MixAsync(string url, int events)
    {
        var addresses = Enumerable.Range(1, 20).Select(page => $"/api/events/?page={page}")
            .Concat(Enumerable.Range(1, 10).Select(page => $"/api/events/search/?page={page}"))
            .Concat(EventSupply.Words.SelectMany(word => new[] { $"/api/events/?q={word}", $"/api/events/search/?q={word}" }))
            .Concat(Enumerable.Range(1, 200).Select(n => $"/api/events/{n * 7919L % Math.Min(events, Few) + 1}/"));
        return await Reading.LoadAsync(url, [.. addresses]);
    }
}
