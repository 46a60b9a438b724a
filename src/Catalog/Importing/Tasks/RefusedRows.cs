using System.Globalization;
using System.Text.Json;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Sheets;
using Maydon.Kernel.Localization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// The refused rows of an import as a file that can be mended and imported: the number and the reason, which an import passes over, then their own cells, as many as
/// they had: a row with too few or too many stays one, until somebody has mended it.
/// </summary>
internal sealed class RefusedRows(OwnTask task) : IResult
{
    private const int Portion = 500;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var aborted = httpContext.RequestAborted;
        using var sheet = SheetWriter.Begin(httpContext.Response, SheetWriter.Csv, $"{task.Item.List}-errors");
        await sheet.WriteRowAsync([Messages.Text("heading_row"), Messages.Text("heading_reason"), .. task.Headings], aborted);
        var database = httpContext.RequestServices.GetRequiredService<NpgsqlDataSource>();
        var after = 0;
        while (await ReadAsync(database, after, aborted) is { Count: > 0 } rows)
        {
            foreach (var row in rows)
                await sheet.WriteRowAsync([row.Number.ToString(CultureInfo.InvariantCulture), RowFault.Describe(row.Faults), .. row.Cells], aborted);
            after = rows[^1].Number;
        }

        await sheet.CompleteAsync(aborted);
    }

    private async Task<List<RefusedRow>> ReadAsync(NpgsqlDataSource database, int after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select row_number, cells::text, faults::text from catalog.import_refusals where import_id = $1 and row_number > $2 order by row_number limit $3");
        command.Parameters.Add(new() { Value = task.Id });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Portion });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<RefusedRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new RefusedRow(reader.GetInt32(0), JsonSerializer.Deserialize<string[]>(reader.GetString(1)) ?? [], RefusedRow.ReadFaults(reader.GetString(2))));
        return rows;
    }
}
