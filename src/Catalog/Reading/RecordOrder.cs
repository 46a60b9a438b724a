using Maydon.Catalog.Records;
using Maydon.Kernel.Http;

namespace Maydon.Catalog.Reading;

/// <summary>The order of a list; the id ends it, in the direction of the last field, so that one index serves both directions.</summary>
internal sealed record RecordOrder(IReadOnlyList<(string Expression, bool Descending)> Terms)
{
    // Others sort whatever the filter leaves.
    private static readonly string[] s_indexed = ["id", "name", "created_at", "updated_at"];

    public bool IsIndexed { get; private init; }

    /// <param name="ordering">Checked.</param>
    public static RecordOrder Of(string? ordering, CatalogList list, IReadOnlyDictionary<string, string> orders)
    {
        var fields = OrderingField.Split(ordering).ToList();
        if (fields.Count == 0)
            fields.Add(new OrderingField("created_at", Descending: true));
        var terms = fields.ConvertAll(field => (orders[field.Name], field.Descending));
        if (fields.TrueForAll(field => field.Name != "id"))
            terms.Add((orders["id"], fields[^1].Descending));
        return new RecordOrder(terms) { IsIndexed = fields.Count == 1 && (s_indexed.Contains(fields[0].Name) || fields[0].Name == list.CodeField) };
    }

    /// <param name="reverse">From the other end, which may be nearer.</param>
    public string ToSql(bool reverse) => string.Join(", ", Terms.Select(term => term.Descending != reverse ? $"{term.Expression} desc" : term.Expression));
}
