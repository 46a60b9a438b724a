namespace Maydon.Catalog.Importing.Rows;

/// <summary>A row that can be taken, as it would be stored.</summary>
/// <param name="Values">Beside those of <see cref="ImportColumns.Values"/>; a flag is <c>true</c>, <c>false</c>, or null where it stays as it is.</param>
internal sealed record ImportRow(int Number, string Code, string?[] Values, KeptCells Cells)
{
    public RefusedRow Refuse(string? field, string key, params string[] arguments) => RefusedRow.Of(Number, Cells, [new RowFault(field, key, arguments)]);
}

/// <summary>So many rows as are written together.</summary>
internal sealed class RowBatch
{
    public List<ImportRow> Rows { get; } = [];

    public List<RefusedRow> Refused { get; } = [];

    public int Count => Rows.Count + Refused.Count;

    /// <summary>Of the last row in it.</summary>
    public int LastNumber { get; set; }
}
