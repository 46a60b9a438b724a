using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>What people write and what they mean.</summary>
public sealed class ProductSearchTest(SmallShop shop) : IClassFixture<SmallShop>
{
    private readonly HttpClient _client = shop.Client;

    [Theory]
    [InlineData("iphone", "iphone|galaxy")] // The name before the description.
    [InlineData("IPHONE", "iphone|galaxy")]
    [InlineData("iphnoe", "iphone|galaxy")] // Letters that have changed places,
    [InlineData("ipone", "iphone|galaxy")] // one too few,
    [InlineData("iphhone", "iphone|galaxy")] // one too many,
    [InlineData("iphane", "iphone|galaxy")] // a wrong one.
    [InlineData("uphone", "iphone|galaxy")]
    [InlineData("айфон", "")]
    [InlineData("smasung", "galaxy")]
    [InlineData("samsnug galxy", "galaxy")]
    [InlineData("samung,a54", "galaxy")]
    [InlineData("iph", "iphone|galaxy")] // The beginning of a word.
    [InlineData("hone", "")] // Not its end: that would be every other word.
    [InlineData("pro iphone", "iphone")]
    [InlineData("iphone pro samsung", "")]
    [InlineData("iphone15", "iphone")]
    [InlineData("15", "iphone")]
    [InlineData("48mp", "iphone")]
    // A SKU exactly, by its beginning, and however it is cut up.
    [InlineData("IPH15-PRO-256-BLK", "iphone")]
    [InlineData("iph15pro256blk", "iphone")]
    [InlineData("iph15 pro 256 blk", "iphone")]
    [InlineData("IPH15-PRO-5", "iphone")]
    [InlineData("iph15-", "iphone")]
    [InlineData("SGA54-128", "galaxy")]
    [InlineData("SGA54", "galaxy")]
    [InlineData("SGA54-12", "galaxy")]
    [InlineData("doppi-m", "doppi")]
    [InlineData("SGA54-999", "")]
    [InlineData("SGA54-CHEAP", "")]
    [InlineData("SGA54-GONE", "")]
    [InlineData("HIDDEN", "")]
    // The same word in both alphabets, with whatever apostrophe.
    [InlineData("oʻzbek", "doppi|chopon")]
    [InlineData("o'zbek", "doppi|chopon")]
    [InlineData("ozbek", "doppi|chopon")]
    [InlineData("ўзбек", "doppi|chopon")]
    [InlineData("ЎЗБЕК ЧОПОНИ", "chopon")]
    [InlineData("doʻppisi", "doppi")]
    [InlineData("дупписи", "doppi")]
    [InlineData("қоʻлда", "chopon")]
    [InlineData("qora", "iphone")]
    [InlineData("чуст", "doppi")]
    [InlineData("Chust", "doppi")]
    // What stands in its category, and in the one above.
    [InlineData("smartfon", "galaxy")]
    [InlineData("smatrfonlar", "galaxy")]
    [InlineData("telefon", "galaxy|iphone")]
    [InlineData("elektronika", "televizor|galaxy|iphone")]
    [InlineData("kiyim red", "")]
    [InlineData("kiyimlar chopon", "chopon")]
    [InlineData("yashirin", "")]
    // What is there only where nobody sees it.
    [InlineData("maxfiy", "")]
    [InlineData("eski", "")]
    // Signs are not looked for.
    [InlineData("%", "")]
    [InlineData("—", "")]
    [InlineData("iphone %", "iphone|galaxy")]
    [InlineData("' | '", "")]
    [InlineData("!iphone & (samsung)", "galaxy")]
    [InlineData("\\", "")]
    [InlineData("m", "chopon")]
    [InlineData("l", "chopon")]
    public async Task Words_find(string search, string slugs)
    {
        var expected = slugs.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var page = await _client.GetJsonAsync($"/api/products/?search={Uri.EscapeDataString(search)}");
        Assert.Equal((expected.Length, string.Join('|', expected)), ((int)page["count"]!, string.Join('|', BrowsingScene.Slugs(page))));
    }

    [Fact]
    public async Task Whatever_is_written_is_answered()
    {
        foreach (var text in new[] { new string('x', 6000), new string('ў', 3000), string.Concat(Enumerable.Repeat("a-1", 500)), string.Join(' ', Enumerable.Range(0, 300)), "🎪🎪", "'':*&|!()<->", "٣٤", "ﷺ", "iphone'; drop table", "a\tb\nc" })
            await _client.GetJsonAsync($"/api/products/?search={Uri.EscapeDataString(text)}&facets=true");
    }

    [Fact]
    public async Task An_exact_sku_is_meant_alone_and_the_best_name_comes_first()
    {
        var own = shop.Server;
        var category = await own.AddCategoryAsync("Boshqa", "boshqa");
        var (longer, begins, exact) = (
            await own.AddProductAsync(category, "Qalam qutisi katta va chiroyli", "quti"), await own.AddProductAsync(category, "Qalamdon", "qalamdon"), await own.AddProductAsync(category, "Qalam", "qalam"));
        await own.AddShownVariantAsync(exact, "QLM-1", 1, 1);
        await own.AddShownVariantAsync(begins, "QLM-10", 1, 1);
        await own.AddShownVariantAsync(longer, "QLM-12", 1, 1);
        own.Forget();

        Assert.Equal(["qalam", "quti", "qalamdon"], await _client.SlugsAsync("search=qalam"));
        Assert.Equal(["qalam"], await _client.SlugsAsync("search=qlm-1"));
        Assert.Equal(["qalamdon", "quti"], (await _client.SlugsAsync("search=QLM 1")).Except(["qalam"]).Order(StringComparer.Ordinal));
        await own.ExecuteAsync("update shop.products set deleted_at = now() where category_id = $1", category);
        own.Forget();
    }

    [Fact]
    public async Task A_word_that_is_no_longer_used_is_not_in_the_way_of_one_that_is()
    {
        var own = shop.Server;
        var category = await own.AddCategoryAsync("Yana", "yana");
        var first = await own.AddProductAsync(category, "Koptok", "koptok");
        await own.AddProductAsync(category, "Kaptok", "kaptok");
        own.Forget();
        Assert.Equal(["koptok"], await _client.SlugsAsync("search=koptok"));

        await own.ExecuteAsync("update shop.products set name = 'Toʻp' where id = $1", first);
        own.Forget();

        Assert.Equal(["kaptok"], await _client.SlugsAsync("search=koptok"));
        Assert.Equal(["koptok"], await _client.SlugsAsync("search=to'p"));
        await own.ExecuteAsync("update shop.products set deleted_at = now() where category_id = $1", category);
        own.Forget();
    }

    [Fact]
    public async Task Two_slips_are_forgiven_in_a_long_word_and_one_in_a_short_one()
    {
        Assert.Equal(["televizor"], await _client.SlugsAsync("search=tilevisor"));
        Assert.Equal([], await _client.SlugsAsync("search=tulivisar"));
        Assert.Equal([], await _client.SlugsAsync("search=ipoen"));
    }
}
