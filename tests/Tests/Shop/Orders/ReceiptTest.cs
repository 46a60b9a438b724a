using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Receipts;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Orders;

/// <summary>How receipts look with more, longer and stranger texts than usual.</summary>
public sealed class ReceiptTest
{
    [Fact]
    public async Task Many_lines_go_on_on_further_pages_and_none_is_lost()
    {
        var order = Order("ru", [.. Enumerable.Range(1, 100).Select(n => Line(n, $"Товар номер {n}", n))]);

        var pages = await DrawAsync(order);

        Assert.InRange(pages.Length, 4, 8);
        var text = string.Join('\n', pages);
        Assert.All(order.Lines, line => Assert.Contains(line.Sku, text, StringComparison.Ordinal));
        Assert.All(pages.Index(), page => Assert.Contains($"Страница {page.Index + 1} из {pages.Length}", page.Item, StringComparison.Ordinal));
        Assert.All(pages[..^1], page => Assert.Contains("Кол-во", page, StringComparison.Ordinal));
        Assert.Single(pages, page => page.Contains("Итого", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Long_names_are_wrapped_and_nothing_runs_out_of_its_column()
    {
        var name = string.Join(' ', Enumerable.Repeat("Oʻzbekiston", 22));
        var word = new string('щ', 255);
        var order = Order("uz-Cyrl", [Line(1, name, 1), Line(2, word, 2)]);

        var text = string.Join('\n', await DrawAsync(order));

        Assert.Equal(22, text.Split("Oʻzbekiston").Length - 1);
        Assert.Equal(255, text.Count(letter => letter == 'щ'));
    }

    [Theory]
    [InlineData("uz", "Oʻgʻiloy oʻ gʻ")]
    [InlineData("uz-Cyrl", "Ўқғҳ ЎҚҒҲ ўзбекча")]
    [InlineData("kaa", "Qaraqalpaqstan á ǵ ń ó ú ı")]
    [InlineData("ru", "Ёж и съезд")]
    [InlineData("en", "Plain & <b>simple</b>")]
    public async Task Every_language_is_printed(string language, string name)
    {
        var order = Order(language, [Line(1, name, 3)]);

        Assert.Contains(name, Assert.Single(await DrawAsync(order)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("emoji 😀 and 中文")]
    [InlineData("\u0001control\tand \u202eright to left")]
    [InlineData("a\u0301\u0301\u0301")]
    [InlineData("")]
    public async Task What_the_font_does_not_know_ends_nothing(string name) =>
        Assert.Contains("SKU-1", Assert.Single(await DrawAsync(Order("en", [Line(1, name, 3)]))), StringComparison.Ordinal);

    private static Task<string[]> DrawAsync(OrderState order) => PdfReader.ReadPagesAsync(Receipt.Draw(order, new Uri("https://shop.example.org"), ReceiptFonts.Find()!));

    private static OrderLine Line(int n, string name, int quantity) => new(n, n, $"SKU-{n}", name, """[{"attribute_name":"Color","value":"Qizil"},{"attribute_name":"Size","value":"XL"}]""", 12_500m, quantity);

    private static OrderState Order(string language, IReadOnlyList<OrderLine> lines) => new()
    {
        Id = 7,
        Number = "261120-7",
        UserId = null,
        GuestHash = [],
        CartRef = default,
        Status = OrderStatus.Paid,
        Contact = new OrderContact("Oʻgʻiloy Gʻaniyeva", "ogiloy@example.org", "+998 90 123 45 67", "Toshkent shahri, Amir Temur koʻchasi, 1-uy\n2-xonadon", Note: null),
        Language = language,
        Currency = "UZS",
        Total = lines.Sum(line => line.Total),
        ClaimId = 1,
        HoldExpiresAt = null,
        CreatedAt = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(2026, 11, 20, 9, 5, 0, TimeSpan.Zero),
        PaidAt = new DateTimeOffset(2026, 11, 20, 9, 5, 0, TimeSpan.Zero),
        Lines = lines,
    };
}
