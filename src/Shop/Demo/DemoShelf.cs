using Maydon.Shop.Demo.Pictures;

namespace Maydon.Shop.Demo;

/// <summary>A category of the demo, below another one or at the top.</summary>
internal sealed record DemoCategory(string Key, string? Parent, string Name);

/// <summary>A product of the demo, and what its variants differ in.</summary>
/// <param name="Category">The key of a <see cref="DemoCategory"/>.</param>
/// <param name="Price">In soʻm, of the cheapest variant.</param>
internal sealed record DemoProduct(string Category, Motif Motif, uint Colour, string Name, decimal Price, string Description, params DemoChoice[] Choices);

/// <summary>An attribute with the values there are, each with what it costs more.</summary>
internal sealed record DemoChoice(string Attribute, params (string Value, decimal Extra)[] Values)
{
    public static DemoChoice Colours(params string[] values) => new("Rang", [.. values.Select(value => (value, 0m))]);

    public static DemoChoice Sizes(params string[] values) => new("Oʻlcham", [.. values.Select(value => (value, 0m))]);

    public static DemoChoice Sizes(params (string Value, decimal Extra)[] values) => new("Oʻlcham", values);

    public static DemoChoice Memories(params (string Value, decimal Extra)[] values) => new("Xotira", values);
}

/// <summary>What a small distributor in Tashkent has on its shelves, as its people write it: in Uzbek, Russian and English.</summary>
internal static partial class DemoShelf
{
    public static readonly DemoCategory[] Categories =
    [
        new("electronics", null, "Elektronika"),
        new("phones", "electronics", "Telefonlar"),
        new("sound", "electronics", "Quloqchinlar"),
        new("watches", "electronics", "Aqlli soatlar"),
        new("accessories", "electronics", "Aksessuarlar"),
        new("chargers", "accessories", "Quvvatlagichlar va kabellar"),
        new("cases", "accessories", "Gʻiloflar va oynalar"),
        new("clothes", null, "Kiyim-kechak"),
        new("men", "clothes", "Erkaklar uchun"),
        new("women", "clothes", "Ayollar uchun"),
        new("children", "clothes", "Bolalar uchun"),
        new("food", null, "Choy va shirinlik"),
        new("tea", "food", "Choy"),
        new("sweets", "food", "Asal, meva va shirinlik"),
        new("home", null, "Uy uchun"),
        new("ceramics", "home", "Sopol idishlar"),
        new("textiles", "home", "Toʻqimachilik"),
        new("stationery", null, "Kitob va kanselyariya"),
    ];

    public static IEnumerable<DemoProduct> Products => s_electronics.Concat(s_clothes).Concat(s_home);
}
