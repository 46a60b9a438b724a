using System.Globalization;
using Maydon.Bench.Load;

namespace Maydon.Bench;

/// <summary>
/// How readers of a list are served: a page that is in memory against Kestrel sending as many bytes that never change, and how much slower a mix of
/// pages, searches and single things is when there are very many of them instead of a few.
/// </summary>
internal sealed record ReadBench
{
    public required string Name { get; init; }

    /// <summary>What there is few or many of.</summary>
    public required string Things { get; init; }

    public int Few { get; init; } = 1_000;

    public required int Many { get; init; }

    public required string Page { get; init; }

    /// <summary>Adds those from one number + 1 to another.</summary>
    public required Func<BenchDatabase, int, int, Task> AddAsync { get; init; }

    /// <summary>What people read, again and again, as links are; what it is first read for is measured by itself.</summary>
    public required IReadOnlyList<string> Mix { get; init; }

    /// <summary>Read once while nothing of it is in memory.</summary>
    public required IReadOnlyList<(string Name, string Address)> First { get; init; }

    /// <summary>Told when something was written: everything that is kept is forgotten.</summary>
    public required string Written { get; init; }

    public async Task<BenchResult> MeasureAsync()
    {
        await using var database = await BenchDatabase.StartAsync();
        LoadResult few, many, page, constant;
        string first;
        await using (var server = await BenchServer.StartAsync(database))
        {
            await AddAsync(database, 0, Few);
            few = await LoadMixAsync(server.Url);
        }

        await AddAsync(database, Few, Many);
        await using (var server = await BenchServer.StartAsync(database))
        {
            // The first requests of a process are about the process.
            await Reading.FirstAnswersAsync(server.Url, First.Select(each => (each.Name, each.Address + (each.Address.Contains('?', StringComparison.Ordinal) ? "&first=1" : "?first=1"))));
            await database.ExecuteAsync($"notify maydon, '{Written}:'");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            first = await Reading.FirstAnswersAsync(server.Url, First);
            many = await LoadMixAsync(server.Url);
            page = await Reading.LoadAsync(server.Url, Page);
            var size = (await Reading.ReadAsync(server.Url, Page)).Length;
            await using var bare = await BenchServer.StartConstantAsync(size);
            constant = await Reading.LoadAsync(bare.Url, "/");
        }

        var errors = few.Errors + many.Errors + page.Errors + constant.Errors;
        return new BenchResult(Name, page.Rate, constant.Rate, many.P50, many.P99, errors, string.Create(CultureInfo.InvariantCulture,
            $"the mix: p99 {many.P99:0.00} ms with {Many:#,0} {Things}, {few.P99:0.00} ms with {Few:#,0} ({many.P99 / few.P99:0.00} x), {many.Rate:0}/s and {few.Rate:0}/s; first answers with {Many:#,0}: {first}"),
            new Aim("ratio ≥ 0.25 for a cached page", page.Rate >= 0.25 * constant.Rate),
            new Aim(string.Create(CultureInfo.InvariantCulture, $"p99 with {Many:#,0} ≤ 2 × with {Few:#,0}"), many.P99 <= 2 * few.P99));
    }

    private async Task<LoadResult> LoadMixAsync(string url)
    {
        foreach (var address in Mix)
            await Reading.ReadAsync(url, address);
        return await Reading.LoadAsync(url, [.. Mix]);
    }
}
