using System.Globalization;
using System.Text;

namespace Maydon.Shop.Browsing.Products;

/// <summary>An attribute and the values of which one will do, as somebody wrote them.</summary>
internal sealed record AskedAttribute(string Name, IReadOnlyList<string> Values);

/// <summary>Which products a list is about, as it was asked for.</summary>
internal sealed record ProductFilter
{
    public string? Search { get; init; }

    /// <summary>Slugs or ids; null is everything.</summary>
    public IReadOnlyList<string>? Categories { get; init; }
    public decimal? MinPrice { get; init; }
    public decimal? MaxPrice { get; init; }
    public bool? InStock { get; init; }
    public decimal? MinRating { get; init; }
    public IReadOnlyList<AskedAttribute> Attributes { get; init; } = [];

    /// <summary>What is not active, or lies in a category that is not, is there too.</summary>
    public bool WithHidden { get; init; }

    /// <summary>More than a walk along an index: the variants or the words of many products must be looked through.</summary>
    public bool IsHeavy => Search is not null || MinPrice is not null || MaxPrice is not null || InStock is not null || Attributes.Count > 0;

    /// <summary>Whether every review may change what is found.</summary>
    public bool IsByStars => MinRating is not null;

    /// <summary>The same for filters that mean the same. The parts are user's text: their lengths keep them apart.</summary>
    public string Key { get => field ??= ToKey(); } = null!;

    private string ToKey()
    {
        var key = new StringBuilder();
        Add(Search);
        Add(Categories is null ? null : string.Join(',', Categories));
        foreach (var number in new[] { MinPrice, MaxPrice, MinRating })
            Add(number?.ToString(CultureInfo.InvariantCulture));
        Add(InStock?.ToString());
        Add(WithHidden.ToString());
        foreach (var attribute in Attributes)
        {
            Add(attribute.Name);
            Add(attribute.Values.Count.ToString(CultureInfo.InvariantCulture));
            foreach (var value in attribute.Values)
                Add(value);
        }

        return key.ToString();

        void Add(string? part) => key.Append(part?.Length ?? -1).Append(':').Append(part).Append(' ');
    }
}
