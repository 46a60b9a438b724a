using System.Globalization;
using Maydon.Bench.Load;

namespace Maydon.Bench;

/// <summary>
/// Lists, searches with slips of the hand, facets and single products, with a thousand and with two hundred thousand variants: a page that is in
/// memory against Kestrel sending as many bytes that never change, and how much slower readers are served when there is two hundred times as much.
/// </summary>
internal static class ProductReads
{
    private const int Few = 1_000;
    private const int Many = 200_000;

    private static readonly (string Name, string Address)[] s_first =
    [
        ("list", "/api/products/"),
        ("page 1000", "/api/products/?page=1000"),
        ("by price", "/api/products/?ordering=-price"),
        ("category", "/api/products/?category=toifa-17"),
        ("rare word", "/api/products/?search=kamyob"),
        ("common word", "/api/products/?search=telefon"),
        ("typo", "/api/products/?search=krosovka"),
        ("SKU", "/api/products/?search=SKU-0000500"),
        ("price range", "/api/products/?min_price=100000&max_price=3000000"),
        ("attributes", "/api/products/?attr.Color=Color%203&attr.Color=Color%205&attr.Memory=64%20GB"),
        ("in stock", "/api/products/?in_stock=true"),
        ("facets of all", "/api/products/?facets=true&page_size=1"),
        ("facets of a typo", "/api/products/?facets=true&search=chirqo"),
        ("facets in a price range", "/api/products/?facets=true&min_price=1000&max_price=4900000"),
        ("product", "/api/products/150/"),
    ];

    public static async Task<BenchResult> MeasureAsync()
    {
        await using var database = await BenchDatabase.StartAsync();
        LoadResult few, many, page, constant;
        string first;
        await using (var server = await BenchServer.StartAsync(database))
        {
            await ProductSupply.AddAsync(database, 0, Few);
            few = await MixAsync(server.Url);
        }

        await ProductSupply.AddAsync(database, Few, Many);
        await using (var server = await BenchServer.StartAsync(database))
        {
            // The first requests of a process are about the process.
            await Reading.FirstAnswersAsync(server.Url, s_first.Select(each => (each.Name, each.Address + (each.Address.Contains('?', StringComparison.Ordinal) ? "&first=1" : "?first=1"))));
            await database.ExecuteAsync("notify maydon, 'shop.written:'");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            first = await Reading.FirstAnswersAsync(server.Url, s_first);
            many = await MixAsync(server.Url);
            page = await Reading.LoadAsync(server.Url, "/api/products/");
            var size = (await Reading.ReadAsync(server.Url, "/api/products/")).Length;
            await using var bare = await BenchServer.StartConstantAsync(size);
            constant = await Reading.LoadAsync(bare.Url, "/");
        }

        var errors = few.Errors + many.Errors + page.Errors + constant.Errors;
        return new BenchResult("products-read", page.Rate, constant.Rate, many.P50, many.P99, errors, string.Create(CultureInfo.InvariantCulture,
            $"the mix: p99 {many.P99:0.00} ms with 200,000 variants, {few.P99:0.00} ms with 1,000 ({many.P99 / few.P99:0.00} x), {many.Rate:0}/s and {few.Rate:0}/s; first answers with 200,000: {first}"),
            new Aim("ratio ≥ 0.25 for a cached page", page.Rate >= 0.25 * constant.Rate), new Aim("p99 with 200,000 ≤ 2 × with 1,000", many.P99 <= 2 * few.P99));
    }

    /// <summary>What people do in a shop: the first pages, categories, searches right and wrong, what to narrow them to, and the products on those pages.</summary>
    private static async Task<LoadResult> MixAsync(string url)
    {
        string[] addresses =
        [
            .. Enumerable.Range(1, 10).Select(page => $"/api/products/?page={page}"),
            .. Enumerable.Range(1, 10).Select(n => $"/api/products/?category=toifa-{n}"),
            "/api/products/?ordering=price", "/api/products/?ordering=-rating", "/api/products/?facets=true",
            .. ProductSupply.Words.Keys.Select(word => $"/api/products/?search={word}"),
            .. ProductSupply.Words.Values.Select(slip => $"/api/products/?search={slip}"),
            .. ProductSupply.Words.Values.Take(5).Select(slip => $"/api/products/?search={slip}&facets=true"),
            .. Enumerable.Range(1, 5).Select(n => $"/api/products/?attr.Color=Color%20{n}&max_price=3000000&facets=true"),
            .. Enumerable.Range(1, 200).Select(n => $"/api/products/{n}/"),
        ];
        // What is read for the first time is measured by itself.
        foreach (var address in addresses)
            await Reading.ReadAsync(url, address);
        return await Reading.LoadAsync(url, addresses);
    }
}
