using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Kernel.Localization;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>Something that is wrong with a row, kept as a message's key: it is told in the language of whoever asks.</summary>
/// <param name="Field">Null for the row as a whole.</param>
internal sealed record RowFault(string? Field, string Key, params IReadOnlyList<string> Arguments)
{
    private string Message => Messages.Text(Key, [.. Arguments]);

    public override string ToString() => Field is null ? Message : $"{Field}: {Message}";

    public static string Describe(IEnumerable<RowFault> faults) => string.Join("; ", faults);
}

/// <summary>A row that was not taken, as it stood in the file, as far as it is kept.</summary>
internal sealed record RefusedRow(int Number, IReadOnlyList<string> Cells, IReadOnlyList<RowFault> Faults)
{
    public static RefusedRow Of(int number, KeptCells cells, List<RowFault> faults) =>
        new(number, cells.Texts, cells.IsCut ? [.. faults, new RowFault(null, "import_row_cut", $"{KeptCells.Longest}")] : faults);

    public string FaultsJson => JsonSerializer.Serialize(Faults, RowFaultJson.Default.IReadOnlyListRowFault);

    public static IReadOnlyList<RowFault> ReadFaults(string json) => JsonSerializer.Deserialize(json, RowFaultJson.Default.IReadOnlyListRowFault) ?? [];
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<RowFault>))]
internal sealed partial class RowFaultJson : JsonSerializerContext;
