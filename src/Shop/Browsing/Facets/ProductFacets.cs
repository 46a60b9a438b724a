namespace Maydon.Shop.Browsing.Facets;

/// <summary>
/// What a list could be narrowed to, with how many products each choice would show. Every facet is counted over what all filters but its own
/// leave: beside the colour that was chosen stand the colours that could be chosen instead.
/// </summary>
/// <param name="Categories">Those with products, each before what is below it.</param>
public sealed record ProductFacets(IReadOnlyList<CategoryFacet> Categories, IReadOnlyList<AttributeFacet> Attributes, PriceFacet Price)
{
    internal int Size => 200 + (200 * Categories.Count) + Attributes.Sum(attribute => 100 + (120 * attribute.Values.Count));
}

/// <param name="Parent">The id of the one above.</param>
/// <param name="Count">Products in it and in all below it.</param>
public sealed record CategoryFacet(long Id, string Name, string Slug, long? Parent, long Count);

/// <param name="Values">The most frequent first, at most a hundred.</param>
public sealed record AttributeFacet(string Name, IReadOnlyList<ValueFacet> Values);

/// <param name="Count">Products of which a variant has it.</param>
public sealed record ValueFacet(string Value, long Count);

/// <param name="Min">Null when there is nothing with a price.</param>
/// <param name="Currency">Null when there are several.</param>
public sealed record PriceFacet(decimal? Min, decimal? Max, string? Currency);
