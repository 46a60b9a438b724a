using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Maydon.Catalog.Texts;
using Maydon.Kernel.Http;
using Maydon.Kernel.Mail;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>What a cell comes to in its column: the rules that the API has for the field, with reasons that can be told in any language later.</summary>
internal static class CellChecks
{
    private static readonly string[] s_yes = ["true", "1", "yes", "y", "ha", "да", "истина", "ҳа", "+"];
    private static readonly string[] s_no = ["false", "0", "no", "n", "yoʻq", "yo'q", "yo‘q", "yoq", "нет", "ложь", "йўқ", "-"];

    /// <summary>As it would be stored; null for nothing.</summary>
    public static string? Read(SheetColumn column, SheetCell cell, ref List<RowFault>? faults)
    {
        if (cell.Fault is { } fault)
            return Refuse(column, ref faults, fault);
        return column.Kind switch
        {
            ColumnKind.Flag => ReadFlag(column, cell.Text, ref faults),
            ColumnKind.Html => ReadHtml(column, cell.Text, ref faults),
            _ => ReadLine(column, cell.Text, ref faults),
        };
    }

    private static string? ReadLine(SheetColumn column, string text, ref List<RowFault>? faults)
    {
        var line = FieldRules.Trimmed(text);
        if (line.Length == 0)
            return column.Kind is ColumnKind.Code or ColumnKind.Name ? Refuse(column, ref faults, "required") : null;
        if (line.Length > column.MaxLength)
            return Refuse(column, ref faults, "max_length", $"{column.MaxLength}");
        if (FieldRules.LeavesItsLine(line))
            return Refuse(column, ref faults, "invalid_characters");
        if (column.Kind == ColumnKind.Code && CatalogList.IsReserved(line))
            return Refuse(column, ref faults, "code_reserved", line);
        if (column.Kind != ColumnKind.Email)
            return line;
        line = line.ToLowerInvariant();
        return EmailAddress.IsValid(line) ? line : Refuse(column, ref faults, "invalid_email");
    }

    /// <summary>A description that was exported is longer than what may be sent, by what its signs are written with.</summary>
    private static string? ReadHtml(SheetColumn column, string text, ref List<RowFault>? faults)
    {
        if (text.Length > column.MaxLength)
            return Refuse(column, ref faults, "max_length", $"{column.MaxLength}");
        var safe = SafeHtml.Of(text);
        return safe is null || safe.Length <= column.MaxLength ? safe : Refuse(column, ref faults, "max_length", $"{column.MaxLength}");
    }

    private static string? ReadFlag(SheetColumn column, string text, ref List<RowFault>? faults)
    {
        var word = text.Trim();
        if (word.Length == 0)
            return null;
        if (s_yes.Contains(word, StringComparer.OrdinalIgnoreCase))
            return "true";
        return s_no.Contains(word, StringComparer.OrdinalIgnoreCase) ? "false" : Refuse(column, ref faults, "import_flag");
    }

    private static string? Refuse(SheetColumn column, ref List<RowFault>? faults, string key, params string[] arguments)
    {
        (faults ??= []).Add(new RowFault(column.Field, key, arguments));
        return null;
    }
}
