namespace Maydon.Catalog.Importing.Files;

/// <param name="Fault">Why what stands there cannot be taken for text: the key of a message.</param>
internal readonly record struct SheetCell(string Text, string? Fault = null)
{
    public bool IsEmpty => Text.Length == 0 && Fault is null;
}

/// <summary>
/// The rows of an uploaded table, one in memory at a time. Rows in which nothing stands are passed over. What is wrong with the file as a whole is
/// an <see cref="UnreadableSheetException"/>, here and wherever it turns up.
/// </summary>
internal abstract class SheetRows : IDisposable
{
    /// <summary>A longer cell is cut to one more than that: whatever its field takes is less.</summary>
    public const int LongestCell = 100_000;

    public const int MostColumns = 100;

    /// <summary>As a spreadsheet counts, from 1.</summary>
    public int Number { get; protected set; }

    /// <summary>Of the row that was read; the next gets a list of its own.</summary>
    public List<SheetCell> Cells { get; protected set; } = [];

    /// <summary>Whether a row ends where its last cell does, so that one that is too short was cut off.</summary>
    public abstract bool IsEven { get; }

    public abstract bool Read();

    public abstract void Dispose();

    /// <summary>By what is in it, not by what it is called.</summary>
    public static SheetRows Open(string path, SheetLimits limits)
    {
        Span<byte> start = stackalloc byte[4];
        using (var file = File.OpenRead(path))
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.SequenceEqual("PK\u0003\u0004"u8))
            return XlsxRows.OpenWorkbook(path, limits);
        if (start.SequenceEqual((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
            throw new UnreadableSheetException("import_old_excel");
        return CsvRows.OpenText(path);
    }
}

/// <summary>A file that is no table, or too much of one: expected of files that people send, and told to them.</summary>
internal sealed class UnreadableSheetException(string messageKey, params string[] arguments) : Exception(messageKey)
{
    public string MessageKey => Message;

    public IReadOnlyList<string> Arguments => arguments;
}
