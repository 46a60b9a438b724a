using System.Text;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Maydon.Catalog.Sheets;

/// <summary>A table that is sent while it is made: row by row, with no more of it in memory than is on its way.</summary>
internal abstract class SheetWriter : IDisposable
{
    public const string Csv = "csv";
    public const string Xlsx = "xlsx";
    public const string CsvType = "text/csv";
    public const string XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Null when it is one of the two, or nothing, which is CSV.</summary>
    public static Problem? Check(string? format) => format is null or "" or Csv or Xlsx ? null : Problem.Invalid("format", "invalid_choice", $"{Csv}, {Xlsx}");

    /// <summary>Begins the answer.</summary>
    public static SheetWriter Begin(HttpResponse response, string? format, string name)
    {
        var isXlsx = format == Xlsx;
        response.ContentType = isXlsx ? XlsxType : $"{CsvType}; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{(isXlsx ? Xlsx : Csv)}\"";
        response.Headers.CacheControl = "no-store";
        return isXlsx ? new XlsxWriter(response.Body) : new CsvSheetWriter(response.Body);
    }

    public abstract ValueTask WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancellationToken);

    /// <summary>Without it the file is cut off, and so no file.</summary>
    public abstract Task CompleteAsync(CancellationToken cancellationToken);

    public virtual void Dispose()
    {
    }
}

/// <summary>
/// For Excel as it is set up in Uzbekistan: UTF-8 is known by its mark, and columns are separated as its Russian and Uzbek regions do, by semicolons.
/// Everything stands in quotes, and nothing in it runs.
/// </summary>
internal sealed class CsvSheetWriter(Stream body) : SheetWriter
{
    private const int Portion = 32 * 1024;
    private const char Mark = '\uFEFF';
    private readonly StringBuilder _rows = new StringBuilder(Portion).Append(Mark);

    public override ValueTask WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancellationToken)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                _rows.Append(';');
            _rows.Append('"').Append(HarmlessText.Of(cells[i] ?? "").Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        _rows.Append("\r\n");
        return _rows.Length < Portion ? ValueTask.CompletedTask : new ValueTask(CompleteAsync(cancellationToken));
    }

    public override async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(_rows.ToString());
        _rows.Clear();
        await body.WriteAsync(bytes, cancellationToken);
    }
}
