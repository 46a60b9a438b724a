using System.ComponentModel;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Shop.Browsing.Products;

/// <summary>What a list of products can be asked for. The names of attributes are the shop's own: <see cref="Attributes"/> reads them.</summary>
public sealed class ProductQuery : ListQuery
{
    private const string AttributePrefix = "attr.";
    private const int MostAttributes = 10;
    private const int MostValues = 100;
    private const int LongestText = 200;
    private const int HighestRating = 5;

    [FromQuery(Name = "search"), Description("Words that must all be found, or begin what is found, in name, description, category or SKU; slips of the hand are forgiven. Best match first.")]
    public string? Search { get; set; }

    [FromQuery(Name = "category"), Description("Slugs or ids, separated by commas: what is in one of them or below it.")]
    public string? Category { get; set; }

    [FromQuery(Name = "min_price"), Description("One and the same variant must be between min_price and max_price.")]
    public QueryAmount? MinPrice { get; set; }

    [FromQuery(Name = "max_price")]
    public QueryAmount? MaxPrice { get; set; }

    [FromQuery(Name = "in_stock"), Description("True: only what can be bought now; false: only what cannot.")]
    public bool? InStock { get; set; }

    [FromQuery(Name = "min_rating"), Description("Average of the reviews, up to 5.")]
    public QueryAmount? MinRating { get; set; }

    [FromQuery(Name = "ordering"), Description("created_at, name, price, rating, with - in front for descending; several with commas. -created_at unless told or searching.")]
    public string? Ordering { get; set; }

    [FromQuery(Name = "facets"), Description("True: with the number of products per category and attribute value, and the range of prices.")]
    public bool? Facets { get; set; }

    [FromQuery(Name = "include_inactive"), Description("Staff only: also what is hidden.")]
    public bool? IncludeInactive { get; set; }

    /// <summary>The refusal of a parameter that means nothing.</summary>
    internal Problem? Check(HttpRequest request)
    {
        var asked = Attributes(request).ToList();
        if (asked.Count > MostAttributes || asked.Exists(attribute => !IsSensible(attribute)))
        {
            var name = (asked.Find(attribute => !IsSensible(attribute)) ?? asked[MostAttributes]).Name;
            return Problem.Invalid($"{AttributePrefix}{name[..Math.Min(name.Length, LongestText)]}", "invalid");
        }

        if (MinRating?.Value > HighestRating)
            return Problem.Invalid("min_rating", "out_of_range", 0, HighestRating);
        return MinPrice?.Value > MaxPrice?.Value ? Problem.Invalid("min_price", "min_above_max") : ProductOrder.Check(Ordering);
    }

    internal ProductFilter ToFilter(HttpRequest request) => new()
    {
        Search = string.IsNullOrWhiteSpace(Search) ? null : Search,
        Categories = string.IsNullOrWhiteSpace(Category) ? null : Category.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        MinPrice = MinPrice?.Value,
        MaxPrice = MaxPrice?.Value,
        InStock = InStock,
        MinRating = MinRating?.Value,
        Attributes = [.. Attributes(request)],
        WithHidden = IncludeInactive is true,
    };

    private static bool IsSensible(AskedAttribute attribute) =>
        attribute.Name.Length is > 0 and <= LongestText && attribute.Values.Count <= MostValues && attribute.Values.All(value => value.Length <= LongestText);

    /// <summary><c>attr.Color=Red&amp;attr.Color=Blue&amp;attr.Size=M</c>: red or blue, and M.</summary>
    private static IEnumerable<AskedAttribute> Attributes(HttpRequest request) =>
        request.Query
            .Where(parameter => parameter.Key.StartsWith(AttributePrefix, StringComparison.Ordinal))
            .Select(parameter => new AskedAttribute(
                parameter.Key[AttributePrefix.Length..].Trim(),
                [.. parameter.Value.Select(value => (value ?? "").Trim()).Where(value => value.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))
            .Where(attribute => attribute.Values.Count > 0)
            .OrderBy(attribute => attribute.Name, StringComparer.Ordinal);
}
