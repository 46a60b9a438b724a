namespace Maydon.Catalog.Importing.Files;

/// <summary>How much a workbook may become when it is unpacked: beyond that it is <c>import_too_large</c>, however small it was sent.</summary>
internal sealed record SheetLimits
{
    /// <summary>Of the sheet's XML.</summary>
    public long SheetBytes { get; init; } = 1L << 30;

    /// <summary>Of the XML of any other part.</summary>
    public long PartBytes { get; init; } = 256 << 20;

    public int Entries { get; init; } = 10_000;

    /// <summary>Shared texts are all in memory, in UTF-8.</summary>
    public long SharedBytes { get; init; } = 96 << 20;

    public int SharedTexts { get; init; } = 4_000_000;

    /// <summary>Of all cells together: a shared text is sent once, and stands in every cell that names it. Four times what a CSV file can hold.</summary>
    public long Characters { get; init; } = 256 << 20;
}
