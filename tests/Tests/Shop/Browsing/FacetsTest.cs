using System.Text.Json.Nodes;
using Maydon.Tests.Events;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>Lists and facets against a plain recount: every filter is applied here, one product after the other.</summary>
public sealed class FacetsTest(MixedShop shop) : IClassFixture<MixedShop>
{
    public static TheoryData<string> Queries { get; } =
    [
        "", "category=root-a", "category=a-two", "category=b-one,a-deep", "min_price=200", "max_price=150", "min_price=100&max_price=300", "min_price=240&max_price=260", "min_price=20&max_price=480&attr.Color=Blue", "in_stock=false&min_price=150&max_price=350", "in_stock=true", "in_stock=false",
        "attr.Color=Red", "attr.Color=Red&attr.Color=Blue", "attr.Color=Red&attr.Size=M", "attr.Color=Red&attr.Color=Black&attr.Size=S&attr.Size=L&attr.Memory=64 GB",
        "min_rating=3", "min_rating=3&attr.Size=M&max_price=400&category=root-a&in_stock=true", "attr.Color=Green&in_stock=true&min_price=50", "attr.Memory=128 GB&in_stock=false",
        "in_stock=false&max_price=200&category=root-b", "search=alpha", "search=alpha&attr.Color=Red&min_price=100", "search=a-two&in_stock=true&attr.Size=L", "attr.Color=Violet", "category=nowhere&attr.Size=M",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Everything_is_counted_as_one_by_one(string query)
    {
        var asked = new Asked(query);
        var page = await shop.Client.GetJsonAsync($"/api/products/?{BrowsingScene.Encode(query)}{(query.Length > 0 ? "&" : "")}facets=true&page_size=100");

        var found = shop.Products.Where(product => asked.Matches(product)).ToList();
        Assert.Equal(found.Select(product => product.Slug).Order(StringComparer.Ordinal), BrowsingScene.Slugs(page).Order(StringComparer.Ordinal));
        Assert.Equal(found.Count, (int)page["count"]!);
        var facets = page["facets"]!;
        Assert.Equal(CategoriesOf(asked), facets["categories"]!.AsArray().Select(facet => $"{facet!["slug"]} {facet["count"]}"));
        Assert.Equal(AttributesOf(asked), AttributesOf(facets).Order(StringComparer.Ordinal));
        Assert.Equal(PriceOf(asked), ((string?)facets["price"]!["min"], (string?)facets["price"]!["max"]));
    }

    [Fact]
    public async Task The_recount_is_about_something()
    {
        Assert.Equal(60, shop.Products.Count);
        Assert.All(Queries.Select(row => new Asked(row.Data)).SkipLast(2), asked => Assert.Contains(shop.Products, product => asked.Matches(product)));
        var facets = (await shop.Client.GetJsonAsync("/api/products/?facets=true"))["facets"]!;
        Assert.Equal(["Color", "Memory", "Size"], facets["attributes"]!.AsArray().Select(facet => (string?)facet!["name"]));
        // The most frequent value first.
        var counts = facets["attributes"]![0]!["values"]!.AsArray().Select(value => (int)value!["count"]!).ToList();
        Assert.Equal(counts.OrderDescending(), counts);
        Assert.Equal("UZS", (string?)facets["price"]!["currency"]);
        var category = facets["categories"]![1]!.AsObject();
        Assert.Equal(["count", "id", "name", "parent", "slug"], category.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Null((await shop.Client.GetJsonAsync("/api/products/?facets=false"))["facets"]);
    }

    private List<string> CategoriesOf(Asked asked) =>
        [.. MixedShop.Parents.Keys.Select(category => (category, count: shop.Products.Count(product => MixedShop.IsIn(product.Category, category) && asked.Matches(product, without: "category"))))
            .Where(facet => facet.count > 0).Select(facet => $"{facet.category} {facet.count}")];

    private List<string> AttributesOf(Asked asked)
    {
        var rows = new List<string>();
        foreach (var name in new[] { "Color", "Memory", "Size" })
        {
            // Beside what was chosen of it stands what could be chosen instead.
            var counts = shop.Products
                .SelectMany(product => asked.Offers(product, without: name).Select(variant => (product.Slug, Value: variant.Values.GetValueOrDefault(name))).Distinct())
                .Where(pair => pair.Value is not null).CountBy(pair => pair.Value!);
            rows.AddRange(counts.Select(count => $"{name}={count.Key} {count.Value}"));
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> AttributesOf(JsonNode facets) =>
        facets["attributes"]!.AsArray().SelectMany(facet => facet!["values"]!.AsArray().Select(value => $"{facet["name"]}={value!["value"]} {value["count"]}"));

    private (string?, string?) PriceOf(Asked asked)
    {
        var prices = shop.Products.SelectMany(product => asked.Offers(product, without: "price")).Select(variant => variant.Price).ToList();
        return prices.Count == 0 ? (null, null) : ($"{prices.Min():0.00}", $"{prices.Max():0.00}");
    }

    private sealed class Asked(string query)
    {
        private readonly ILookup<string, string> _parts = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToLookup(part => part[0], part => part[1]);

        public bool Matches(MixedProduct product, string without = "") =>
            IsOneOf(product, without) && (AsksForVariants(without) ? Offers(product, without).Any() : _parts["in_stock"].FirstOrDefault() != "false" || !IsInStock(product, without));

        /// <summary>The variants by which it is found.</summary>
        public IEnumerable<MixedVariant> Offers(MixedProduct product, string without) =>
            !IsOneOf(product, without) || (_parts["in_stock"].FirstOrDefault() == "false" && IsInStock(product, without))
                ? []
                : product.Variants.Where(variant => Fits(variant, without) && (_parts["in_stock"].FirstOrDefault() != "true" || variant.Stock > 0));

        private bool IsInStock(MixedProduct product, string without) => product.Variants.Any(variant => Fits(variant, without) && variant.Stock > 0);

        private bool AsksForVariants(string without) =>
            _parts["in_stock"].FirstOrDefault() == "true" || (without != "price" && (_parts.Contains("min_price") || _parts.Contains("max_price"))) || AttributesBut(without).Any();

        private bool IsOneOf(MixedProduct product, string without) =>
            (without == "category" || !_parts.Contains("category") || _parts["category"].Single().Split(',').Any(wanted => MixedShop.Parents.ContainsKey(wanted) && MixedShop.IsIn(product.Category, wanted)))
            && (!_parts.Contains("min_rating") || product.Stars >= decimal.Parse(_parts["min_rating"].Single()))
            && (_parts["search"].FirstOrDefault() switch
            {
                null => true,
                "alpha" => int.Parse(product.Slug.Split('-')[1]) % 7 == 0,
                var category => MixedShop.IsIn(product.Category, category),
            });

        private bool Fits(MixedVariant variant, string without) =>
            variant.Active
            && (without == "price" || ((!_parts.Contains("min_price") || variant.Price >= decimal.Parse(_parts["min_price"].Single())) && (!_parts.Contains("max_price") || variant.Price <= decimal.Parse(_parts["max_price"].Single()))))
            && AttributesBut(without).All(attribute => variant.Values.TryGetValue(attribute.Key["attr.".Length..], out var value) && attribute.Contains(value));

        private IEnumerable<IGrouping<string, string>> AttributesBut(string without) => _parts.Where(part => part.Key.StartsWith("attr.", StringComparison.Ordinal) && part.Key != $"attr.{without}");
    }
}
