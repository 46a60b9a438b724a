namespace Maydon.Catalog.Importing.Rows;

/// <summary>What the rows of a batch come to against what is stored.</summary>
internal sealed class RowFates
{
    public List<ImportRow> New { get; } = [];

    public List<ImportRow> Changed { get; } = [];

    public List<RefusedRow> Refused { get; } = [];

    public int Unchanged { get; set; }

    public bool WriteNothing => New.Count + Changed.Count == 0;
}
