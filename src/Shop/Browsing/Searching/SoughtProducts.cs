using Maydon.Kernel.Persistence;

namespace Maydon.Shop.Browsing.Searching;

/// <summary>What must be found of one piece of a search, between two blanks: one of these.</summary>
/// <param name="Query">A tsquery over the words of products.</param>
/// <param name="CategoryIds">Whose names have it, and all below them.</param>
/// <param name="SkuBegin">Of a bare SKU; null when it does not look like one.</param>
internal sealed record SoughtPiece(string Query, IReadOnlyList<long> CategoryIds, string? SkuBegin);

/// <summary>By which names are the better the more they have of it, a whole word more than the beginning of one.</summary>
/// <param name="Words">A tsquery.</param>
/// <param name="Begins">A tsquery.</param>
internal sealed record SoughtNames(string Words, string Begins);

/// <summary>A search as the database can be asked for it.</summary>
/// <param name="Pieces">All of them must be found. None: nothing is.</param>
/// <param name="Skus">Bare SKUs that are there exactly as they were written: then they are meant and nothing that only begins like them.</param>
/// <param name="SkuBegin">The whole search as the beginning of a bare SKU, for those who write one with blanks.</param>
/// <param name="Names">Null where there is nothing to choose.</param>
internal sealed record SoughtProducts(IReadOnlyList<SoughtPiece> Pieces, IReadOnlyList<string> Skus, string? SkuBegin, SoughtNames? Names)
{
    public static readonly SoughtProducts Nothing = new([], [], SkuBegin: null, Names: null);

    // Greater than whatever begins with what stands before it.
    private const string Last = "\U0010FFFF";

    private const string Variants = "select v.product_id from shop.variants v where v.is_active and v.deleted_at is null and shop.bare(v.sku) collate \"C\"";

    public int Size => 300 + (2 * ((Names?.Words.Length + Names?.Begins.Length ?? 0) + Pieces.Sum(piece => piece.Query.Length))) + Pieces.Sum(piece => 8 * piece.CategoryIds.Count);

    public bool FindsNothing => Pieces.Count == 0 && Skus.Count == 0;

    /// <summary>Selects the ids of the products, some perhaps twice.</summary>
    public string ToSql(SqlValues values)
    {
        if (FindsNothing)
            return "select product_id from shop.listings where false";
        var words = Pieces.Where(piece => piece.CategoryIds.Count == 0 && piece.SkuBegin is null).Select(piece => piece.Query).ToList();
        var sets = Pieces.Where(piece => piece.CategoryIds.Count > 0 || piece.SkuBegin is not null).Select(piece => ToSql(piece, values)).ToList();
        if (words.Count > 0)
            sets.Add(ToSql(string.Join(" & ", words), values));
        sets.AddRange(Skus.Select(sku => $"({Variants} = {values.Add(sku)})"));
        var all = string.Join(" intersect ", sets);
        return SkuBegin is null ? all : $"({all}) union all {BeginsWith(SkuBegin, values)}";
    }

    private static string ToSql(SoughtPiece piece, SqlValues values)
    {
        var alternatives = new List<string> { ToSql(piece.Query, values) };
        if (piece.CategoryIds.Count > 0)
            alternatives.Add($"(select product_id from shop.listings where category_id = any ({values.Add([.. piece.CategoryIds])}))");
        if (piece.SkuBegin is not null)
            alternatives.Add($"({BeginsWith(piece.SkuBegin, values)})");
        return $"({string.Join(" union all ", alternatives)})";
    }

    private static string ToSql(string query, SqlValues values) => $"(select product_id from shop.product_words where document @@ {values.Add(query)}::tsquery)";

    private static string BeginsWith(string sku, SqlValues values) =>
        $"{Variants} >= {values.Add(sku)} and shop.bare(v.sku) collate \"C\" < {values.Add(sku + Last)}";
}
