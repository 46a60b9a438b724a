namespace Maydon.Shop.Browsing.Categories;

/// <summary>A category as others name it.</summary>
/// <param name="Parent">The id of the one above.</param>
public sealed record CategoryLink(long Id, string Name, string Slug, long? Parent);

/// <param name="ProductCount">Active products in it and in all below it.</param>
public sealed record CategoryChild(long Id, string Name, string Slug, long ProductCount);

/// <summary>A category with what is directly below it.</summary>
/// <param name="Parent">The id of the one above; null at the root.</param>
/// <param name="ProductCount">Active products in it and in all below it.</param>
public sealed record CategoryItem(long Id, string Name, string Slug, long? Parent, int Position, bool IsActive, long ProductCount, IReadOnlyList<CategoryChild> Children);
