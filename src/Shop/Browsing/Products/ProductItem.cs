using System.Text.Json.Serialization;
using Maydon.Kernel.Http;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Facets;

namespace Maydon.Shop.Browsing.Products;

/// <summary>A page of products. <c>facets</c> is there when it was asked for.</summary>
public sealed record ProductPage(
    long Count, string? Next, string? Previous, IReadOnlyList<ProductItem> Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProductFacets? Facets)
{
    internal static ProductPage Of(Page<ProductItem> page, ProductFacets? facets) => new(page.Count, page.Next, page.Previous, page.Results, facets);
}

/// <summary>A product as lists show it. Prices and stock are those of the variants that can be bought.</summary>
public record ProductItem
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Slug { get; init; }
    public required CategoryLink? Category { get; init; }

    /// <summary>The address of the first picture.</summary>
    public required string? Image { get; init; }

    /// <summary>Of the cheapest variant; null when there is none.</summary>
    public required decimal? Price { get; init; }

    /// <summary>Of the dearest.</summary>
    public required decimal? MaxPrice { get; init; }

    /// <summary>Of the cheapest variant.</summary>
    public required string? Currency { get; init; }

    /// <summary>What the cheapest variant cost before.</summary>
    public required decimal? CompareAtPrice { get; init; }

    /// <summary>Pieces of all variants.</summary>
    public required long Available { get; init; }
    public bool InStock => Available > 0;

    /// <summary>1 to 5; null when nobody has rated it.</summary>
    public required double? RatingAverage { get; init; }
    public required int RatingCount { get; init; }
    public required bool IsActive { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One product whole.</summary>
public sealed record ProductDetails : ProductItem
{
    // After what every item has: the serializer would begin with what a derived type adds.
    [JsonPropertyOrder(1)]
    public required string Description { get; init; }

    [JsonPropertyOrder(1)]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ProductPicture> Images { get; init; }

    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ProductVariant> Variants { get; init; }
}

/// <param name="Url">On this server.</param>
public sealed record ProductPicture(long Id, string Url, string Alt, int Position);

/// <param name="CompareAtPrice">What it cost before.</param>
/// <param name="Available">Pieces that can be bought.</param>
public sealed record ProductVariant(
    long Id, string Sku, decimal Price, string Currency, decimal? CompareAtPrice, int Available, bool IsActive, IReadOnlyList<ShownAttribute> Attributes)
{
    public bool InStock => Available > 0;
}

public sealed record ShownAttribute(string AttributeName, string Value);
