namespace Maydon.Catalog.Records;

/// <summary>A picture of a record.</summary>
public sealed record ImageItem(long Id, string Image, bool IsMain, string? Category, string? Note, int Position);
