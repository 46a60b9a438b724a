namespace Maydon.Bench;

/// <summary>Lists, searches with slips of the hand, facets and single products, with a thousand and with two hundred thousand variants.</summary>
internal static class ProductReads
{
    public static Task<BenchResult> MeasureAsync() => new ReadBench
    {
        Name = "products-read",
        Things = "variants",
        Many = 200_000,
        Page = "/api/products/",
        AddAsync = ProductSupply.AddAsync,
        Written = "shop.written",
        Mix =
        [
            .. Enumerable.Range(1, 10).Select(page => $"/api/products/?page={page}"),
            .. Enumerable.Range(1, 10).Select(n => $"/api/products/?category=toifa-{n}"),
            "/api/products/?ordering=price", "/api/products/?ordering=-rating", "/api/products/?facets=true",
            .. ProductSupply.Words.Keys.Select(word => $"/api/products/?search={word}"),
            .. ProductSupply.Words.Values.Select(slip => $"/api/products/?search={slip}"),
            .. ProductSupply.Words.Values.Take(5).Select(slip => $"/api/products/?search={slip}&facets=true"),
            .. Enumerable.Range(1, 5).Select(n => $"/api/products/?attr.Color=Color%20{n}&max_price=3000000&facets=true"),
            .. Enumerable.Range(1, 200).Select(n => $"/api/products/{n}/"),
        ],
        First =
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
        ],
    }.MeasureAsync();
}
