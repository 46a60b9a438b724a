using System.Text;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Browsing.Categories;
using Maydon.Shop.Browsing.Searching;

namespace Maydon.Shop.Browsing.Products;

/// <summary>An attribute of the shop and those of its values of which one will do. What nobody has ever written into the shop has no id.</summary>
internal sealed record ChosenValues(long AttributeId, long[] ValueIds);

/// <summary>A filter that is left out, so that a facet shows what could be chosen instead.</summary>
/// <param name="AttributeId">Of the attribute whose filter is left out.</param>
internal sealed record LeftOut(bool Categories = false, bool Price = false, long? AttributeId = null)
{
    public static readonly LeftOut None = new();
}

/// <summary>Which products a filter selects, with names made out: as SQL over <c>shop.listings l</c>.</summary>
/// <param name="CategoryIds">Null is everywhere.</param>
internal sealed record ProductSelection(ProductFilter Filter, CategoryMap Tree, SoughtProducts? Sought, IReadOnlyList<ChosenValues> Attributes, long[]? CategoryIds)
{
    // What can be bought at all. A pool that is full has nothing left; the index of full ones is the small one.
    public const string ShownVariants = "v.is_active and v.deleted_at is null";
    private const string InStock = "not exists (select from inventory.pools s where s.kind = 'variant' and s.subject_id = v.id and s.is_full)";

    /// <summary>Whether one and the same variant must be something.</summary>
    public bool AsksForVariants(LeftOut leftOut) => AsksForMoreThanPrice(leftOut) || AsksForPrice(leftOut);

    private bool AsksForMoreThanPrice(LeftOut leftOut) => Filter.InStock is true || Attributes.Any(attribute => attribute.AttributeId != leftOut.AttributeId);

    private bool AsksForPrice(LeftOut leftOut) => !leftOut.Price && (Filter.MinPrice ?? Filter.MaxPrice) is not null;

    /// <summary>Sets of product ids for a <c>with</c>, each made once whatever the planner thinks of it; and the condition that uses them.</summary>
    public (string Sets, string Condition) ToSql(SqlValues values, LeftOut leftOut, string prefix = "")
    {
        var sets = new StringBuilder();
        var condition = new StringBuilder(Filter.WithHidden ? "true" : "l.is_active");
        if (!Filter.WithHidden && Tree.HiddenIds.Length > 0)
            condition.Append($" and l.category_id <> all ({values.Add(Tree.HiddenIds)})");
        if (CategoryIds is not null && !leftOut.Categories)
            condition.Append($" and l.category_id = any ({values.Add(CategoryIds)})");
        if (Filter.MinRating is { } rating)
            condition.Append($" and l.rating_average >= {values.Add(rating)}");
        if (Sought is not null)
            Require("words", Sought.ToSql(values));
        if (AsksForMoreThanPrice(leftOut))
            Require("offers", $"select v.product_id from shop.variants v where {VariantsToSql(values, leftOut)}");
        else if (AsksForPrice(leftOut))
            condition.Append($" and {AnyVariantToSql(values, leftOut)}");
        if (Filter.InStock is false)
        {
            Add("stocked", $"select v.product_id from shop.variants v where {ShownVariants}{PriceAndValues(values, leftOut)} and {InStock}");
            condition.Append($" and l.product_id not in (select product_id from {prefix}stocked)");
        }

        return (sets.ToString(), condition.ToString());

        void Require(string name, string sql)
        {
            Add(name, sql);
            condition.Append($" and l.product_id in (select product_id from {prefix}{name})");
        }

        void Add(string name, string sql) => sets.Append($"{(sets.Length == 0 ? "" : ", ")}{prefix}{name} as materialized ({sql})");
    }

    /// <summary>What one and the same variant (<c>v</c>) must be, with a value of every attribute that was chosen.</summary>
    public string VariantsToSql(SqlValues values, LeftOut leftOut) =>
        $"{ShownVariants}{PriceAndValues(values, leftOut)}{(Filter.InStock is true ? $" and {InStock}" : "")}";

    /// <summary>That all variants of a listing are what they must be, where it can tell by itself: null where it cannot.</summary>
    public string? AllVariantsToSql(SqlValues values, LeftOut leftOut)
    {
        if (AsksForMoreThanPrice(leftOut))
            return null;
        var least = Filter.MinPrice is { } min ? $"l.price_from >= {values.Add(min)}" : "true";
        return Filter.MaxPrice is { } max ? $"({least} and l.price_to <= {values.Add(max)})" : $"({least})";
    }

    /// <summary>
    /// That a variant of a listing has a price that was asked for. They need be looked at only where the cheapest costs less and the dearest costs more, as
    /// is so of few: to gather those of all variants takes three times as long where many fit.
    /// </summary>
    private string AnyVariantToSql(SqlValues values, LeftOut leftOut)
    {
        if (Filter.MinPrice is not { } min)
            return $"l.price_from <= {values.Add(Filter.MaxPrice!.Value)}";
        var least = values.Add(min);
        if (Filter.MaxPrice is not { } max)
            return $"l.price_to >= {least}";
        var most = values.Add(max);
        return $"""
            l.price_to >= {least} and l.price_from <= {most} and (l.price_from >= {least} or l.price_to <= {most}
                or exists (select from shop.variants v where v.product_id = l.product_id and {VariantsToSql(values, leftOut)}))
            """;
    }

    private string PriceAndValues(SqlValues values, LeftOut leftOut)
    {
        var sql = new StringBuilder();
        if (Filter.MinPrice is { } least && !leftOut.Price)
            sql.Append($" and v.price >= {values.Add(least)}");
        if (Filter.MaxPrice is { } most && !leftOut.Price)
            sql.Append($" and v.price <= {values.Add(most)}");
        foreach (var attribute in Attributes.Where(attribute => attribute.AttributeId != leftOut.AttributeId))
            sql.Append($" and v.value_ids && {values.Add(attribute.ValueIds)}");
        return sql.ToString();
    }
}
