using Maydon.Kernel.Http;

namespace Maydon.Shop.Browsing.Products;

/// <summary>The order of a list, over <c>shop.listings l</c> or what was found of them: indexes serve the single fields in both directions.</summary>
/// <param name="ByMatch">The best match of a search first.</param>
/// <param name="IsByStars">Whether every review may change it.</param>
internal sealed record ProductOrder(string Sql, bool ByMatch = false, bool IsByStars = false)
{
    private static readonly Dictionary<string, string> s_fields = new(StringComparer.Ordinal)
    {
        ["created_at"] = "l.created_at",
        ["name"] = "l.name collate \"und-x-icu\"",
        // Of the cheapest variant that can be seen; what has none comes last in both directions.
        ["price"] = "l.price_from",
        // What nobody has rated stands below what everybody found bad.
        ["rating"] = "coalesce(l.rating_average, 0)",
    };

    private static readonly ProductOrder s_newestFirst = new("l.created_at desc, l.product_id desc");
    private static readonly ProductOrder s_bestFirst = new("l.score desc, l.created_at desc, l.product_id desc", ByMatch: true);

    /// <summary>400 <c>invalid_ordering</c> that names what lists cannot be ordered by.</summary>
    public static Problem? Check(string? ordering) => OrderingField.Check(ordering, s_fields.Keys);

    /// <param name="ordering">Checked.</param>
    public static ProductOrder Of(string? ordering, bool isSearch)
    {
        var fields = OrderingField.Split(ordering).ToList();
        if (fields.Count == 0)
            return isSearch ? s_bestFirst : s_newestFirst;
        var sql = fields.Select(field => s_fields[field.Name] + (field.Descending ? field.Name == "price" ? " desc nulls last" : " desc" : ""));
        return new ProductOrder(string.Join(", ", sql.Append(fields[^1].Descending ? "l.product_id desc" : "l.product_id")), IsByStars: fields.Exists(field => field.Name == "rating"));
    }
}
