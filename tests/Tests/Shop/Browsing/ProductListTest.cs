using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

/// <summary><c>GET /api/products/</c>: order, paging, filters, garbage.</summary>
public sealed class ProductListTest(SmallShop shop) : IClassFixture<SmallShop>
{
    private const string All = "televizor|chopon|doppi|galaxy|iphone";

    private readonly HttpClient _client = shop.Client;

    [Fact]
    public async Task The_newest_come_first_and_what_is_hidden_is_not_there() => Assert.Equal(All.Split('|'), await _client.SlugsAsync(""));

    [Fact]
    public async Task Pages_of_any_size_put_together_are_the_list()
    {
        foreach (var filter in new[] { "", "in_stock=true&", "search=o&", "ordering=name&" })
        {
            var whole = await _client.SlugsAsync(filter);
            for (var size = 1; size <= 6; size++)
            {
                var pages = new List<string>();
                for (var next = $"/api/products?{filter}page_size={size}"; next is not null;)
                {
                    var page = await _client.GetJsonAsync(next);
                    Assert.Equal(whole.Count, (int)page["count"]!);
                    pages.AddRange(BrowsingScene.Slugs(page));
                    next = (string?)page["next"];
                }

                Assert.Equal(whole, pages);
            }
        }
    }

    [Fact]
    public async Task Links_are_absolute_and_keep_the_other_parameters()
    {
        var page = await _client.GetJsonAsync("/api/products/?page_size=1&page=2&attr.Color=Red&attr.Color=Black&facets=true");
        Assert.Equal("http://localhost:8000/api/products/?page_size=1&page=3&attr.Color=Red&attr.Color=Black&facets=true", (string?)page["next"]);
    }

    [Theory]
    [InlineData("created_at", "iphone|galaxy|doppi|chopon|televizor")]
    [InlineData("-created_at", All)]
    [InlineData("name", "iphone|chopon|galaxy|televizor|doppi")]
    [InlineData("-name", "doppi|televizor|galaxy|chopon|iphone")]
    // What has no price is last either way.
    [InlineData("price", "doppi|chopon|galaxy|iphone|televizor")]
    [InlineData("-price", "iphone|galaxy|chopon|doppi|televizor")]
    [InlineData("rating", "doppi|televizor|galaxy|iphone|chopon")]
    [InlineData("-rating", "chopon|iphone|galaxy|televizor|doppi")]
    [InlineData("-rating,price", "chopon|iphone|galaxy|doppi|televizor")]
    [InlineData(" rating , -price ,", "doppi|televizor|galaxy|iphone|chopon")]
    public async Task The_order_can_be_asked_for(string ordering, string slugs)
    {
        Assert.Equal(slugs.Split('|'), await _client.SlugsAsync($"ordering={ordering}"));
        // The same where all is looked through instead of walked along.
        Assert.Equal(slugs.Split('|').Except(["televizor"]), await _client.SlugsAsync($"min_price=0&ordering={ordering}"));
    }

    [Theory]
    [InlineData("category=elektronika", "televizor|galaxy|iphone")]
    [InlineData("category=telefonlar", "galaxy|iphone")]
    [InlineData("category=smartfonlar", "galaxy")]
    [InlineData("category=smartfonlar,kiyimlar", "chopon|doppi|galaxy")]
    [InlineData("category=yashirin", "")]
    [InlineData("category=ichkarida", "")]
    [InlineData("category=no-such-thing", "")]
    [InlineData("category=no-such-thing,kiyimlar", "chopon|doppi")]
    [InlineData("category=", All)]
    [InlineData("min_price=500", "galaxy|iphone")]
    [InlineData("max_price=300.50", "chopon|doppi")]
    [InlineData("max_price=300.49", "doppi")]
    [InlineData("min_price=300&max_price=400", "chopon|galaxy")]
    // Two variants lie around it, none between.
    [InlineData("min_price=1201&max_price=1499", "")]
    [InlineData("max_price=49", "")]
    [InlineData("in_stock=true", "chopon|galaxy|iphone")]
    [InlineData("in_stock=false", "televizor|doppi")]
    [InlineData("in_stock=True&category=kiyimlar", "chopon")]
    // The one that costs so much is sold out.
    [InlineData("in_stock=true&min_price=1400", "")]
    [InlineData("in_stock=false&min_price=1400", "iphone")]
    [InlineData("in_stock=false&min_price=1100", "")]
    [InlineData("attr.Color=Red", "chopon|galaxy|iphone")]
    [InlineData("attr.color=RED", "chopon|galaxy|iphone")]
    [InlineData("attr.Color=Red&attr.Memory=512 GB", "iphone")]
    // Red is one variant and 128 GB another.
    [InlineData("attr.Color=Red&attr.Memory=128 GB", "")]
    [InlineData("attr.Color=Red&attr.Color=Black", "chopon|doppi|galaxy|iphone")]
    [InlineData("attr.Color=Red&attr.Color=Black&attr.Memory=128 GB", "galaxy")]
    [InlineData("attr.Memory=256 GB&attr.Memory=512 GB&attr.Color=Red", "galaxy|iphone")]
    [InlineData("attr.Color=Red&max_price=400", "chopon")]
    [InlineData("attr.Color=Red&in_stock=true", "chopon|galaxy")]
    [InlineData("attr.Size=M&attr.Color=Red&in_stock=true", "")]
    [InlineData("attr.Color=Green", "")]
    [InlineData("attr.Color=Blue", "")]
    [InlineData("attr.Color=Invisible", "")]
    [InlineData("attr.Color=", All)]
    [InlineData("attr.Colour=Red", "")]
    [InlineData("attr.Color=Red&attr.Nothing=x", "")]
    [InlineData("min_rating=3", "chopon|galaxy|iphone")]
    [InlineData("min_rating=4.5", "chopon|iphone")]
    [InlineData("min_rating=4.51", "chopon")]
    [InlineData("min_rating=5", "chopon")]
    [InlineData("min_price=1200&max_price=1200", "iphone")]
    [InlineData("search=iphone&category=smartfonlar", "galaxy")]
    [InlineData("search=iphone&attr.Color=Red&min_price=1000", "iphone")]
    [InlineData("search=iphone&ordering=price", "galaxy|iphone")]
    [InlineData("include_inactive=false", All)]
    public async Task Filters_narrow_the_list(string query, string slugs)
    {
        var expected = slugs.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var page = await _client.GetJsonAsync($"/api/products/?{BrowsingScene.Encode(query)}");
        Assert.Equal((expected.Length, string.Join('|', expected)), ((int)page["count"]!, string.Join('|', BrowsingScene.Slugs(page))));
    }

    [Theory]
    [InlineData("min_price=abc", "min_price")]
    [InlineData("min_price=1,5", "min_price")]
    [InlineData("min_price=-1", "min_price")]
    [InlineData("max_price=1e3", "max_price")]
    [InlineData("max_price=NaN", "max_price")]
    [InlineData("max_price=99999999999999999999999999999999", "max_price")]
    [InlineData("in_stock=maybe", "in_stock")]
    [InlineData("min_rating=good", "min_rating")]
    [InlineData("min_rating=5.1", "min_rating")]
    [InlineData("min_price=10&max_price=9.99", "min_price")]
    [InlineData("facets=2", "facets")]
    [InlineData("include_inactive=x", "include_inactive")]
    [InlineData("page=x", "page")]
    [InlineData("page_size=x", "page_size")]
    [InlineData("attr.=x", "attr.")]
    public async Task Garbage_is_named(string query, string parameter) => await _client.GetAsync($"/api/products/?{query}").InvalidAsync(parameter);

    [Fact]
    public async Task More_attributes_than_anybody_filters_by_are_refused()
    {
        await _client.GetAsync($"/api/products/?{string.Join('&', Enumerable.Range(10, 11).Select(n => $"attr.a{n}=1"))}").InvalidAsync("attr.a20");
        await _client.GetAsync($"/api/products/?{string.Join('&', Enumerable.Range(0, 101).Select(n => $"attr.a=v{n}"))}").InvalidAsync("attr.a");
        await _client.GetAsync($"/api/products/?attr.a={new string('x', 201)}").InvalidAsync("attr.a");
    }

    [Theory]
    [InlineData("stock")]
    [InlineData("name,-id")]
    [InlineData("--name")]
    [InlineData("Name")]
    public async Task An_unknown_order_is_refused(string ordering) => await _client.GetAsync($"/api/products/?ordering={ordering}").RefusedAsync(400, "invalid_ordering");

    [Theory]
    [InlineData("page=2")]
    [InlineData("page=0")]
    [InlineData("page=4&page_size=2")]
    [InlineData("page=2&search=iphone")]
    [InlineData("page=2147483647&page_size=100&search=iphone&facets=true")]
    public async Task A_page_that_is_not_there_is_not_found(string query) => await _client.GetAsync($"/api/products/?{query}").RefusedAsync(404, "invalid_page");

    [Fact]
    public async Task An_empty_list_is_a_page() =>
        Assert.Equal("""{"count":0,"next":null,"previous":null,"results":[]}""", (await _client.GetJsonAsync("/api/products/?min_price=99999")).ToJsonString());

    [Fact]
    public async Task Items_carry_what_a_list_shows()
    {
        var item = (await _client.GetJsonAsync("/api/products/?category=telefonlar&ordering=created_at"))["results"]![0]!.AsObject();

        Assert.Equal(
            ["available", "category", "compare_at_price", "created_at", "currency", "id", "image", "in_stock", "is_active", "max_price", "name", "price", "rating_average", "rating_count", "slug"],
            item.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("1200.00", "1500.00", "UZS", "1300.00"), ((string?)item["price"], (string?)item["max_price"], (string?)item["currency"], (string?)item["compare_at_price"]));
        Assert.Equal((3, true, 4.5, 2), ((int)item["available"]!, (bool)item["in_stock"]!, (double)item["rating_average"]!, (int)item["rating_count"]!));
        Assert.Equal("telefonlar", (string?)item["category"]!["slug"]);
        Assert.Null(item["image"]);
        var priceless = (await _client.GetJsonAsync("/api/products/?search=televizor"))["results"]![0]!;
        Assert.Equal((null, null, null, 0, false), ((string?)priceless["price"], (string?)priceless["currency"], (double?)priceless["rating_average"], (int)priceless["available"]!, (bool)priceless["in_stock"]!));
    }

    [Fact]
    public async Task Staff_see_what_is_hidden_if_they_ask_for_it()
    {
        using var staff = await shop.Server.SignInAsync("staff");
        Assert.Equal(All.Split('|'), await staff.SlugsAsync(""));
        Assert.Equal(["ichkarida-iphone", "yashirin-iphone", "maxfiy", .. All.Split('|')], await staff.SlugsAsync("include_inactive=true"));
        Assert.Equal(["maxfiy", "iphone", "galaxy"], (await staff.SlugsAsync("include_inactive=true&search=iphone&category=telefonlar")).OrderDescending(StringComparer.Ordinal));
        await _client.GetAsync("/api/products/?include_inactive=true").RefusedAsync(403, "permission_denied");
        using var person = await shop.Server.SignInAsync("Seeker");
        await person.GetAsync("/api/products/?include_inactive=true").RefusedAsync(403, "permission_denied");
        // What staff were shown is kept for nobody.
        Assert.Equal(All.Split('|'), await _client.SlugsAsync("include_inactive=false"));
    }
}
