using System.Globalization;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Catalog.Exporting;

/// <summary>Records as a file, read portion by portion as it is sent. What is deleted meanwhile is left out.</summary>
internal sealed class ExportedRecords(CatalogList list, string? format, List<long> ids) : IResult
{
    private const int Portion = 1_000;

    // What is told beside the fields that can be imported; an import passes them over.
    private static readonly string[] s_told = ["id", "version", "created_at", "updated_at"];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var aborted = httpContext.RequestAborted;
        using var sheet = SheetWriter.Begin(httpContext.Response, format, list.Name);
        await sheet.WriteRowAsync([.. list.Sheet.Select(column => column.Field), .. s_told], aborted);
        var database = httpContext.RequestServices.GetRequiredService<NpgsqlDataSource>();
        for (var from = 0; from < ids.Count; from += Portion)
        {
            foreach (var row in await ReadAsync(database, ids.GetRange(from, Math.Min(Portion, ids.Count - from)), aborted))
                await sheet.WriteRowAsync(row, aborted);
        }

        await sheet.CompleteAsync(aborted);
    }

    private async Task<List<string?[]>> ReadAsync(NpgsqlDataSource database, List<long> portion, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select {string.Join(", ", list.Sheet.Select(column => column.AsText))}, t.id::text, t.version::text, t.created_at, t.updated_at
            from unnest($1) with ordinality wanted (id, place) join {list.Table} t on t.id = wanted.id
            where not t.is_deleted order by wanted.place
            """);
        command.Parameters.Add(new() { Value = portion.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>(portion.Count);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : i >= row.Length - 2 ? Written(reader.GetFieldValue<DateTimeOffset>(i)) : reader.GetString(i);
            rows.Add(row);
        }

        return rows;
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture);
}

/// <summary>Headings alone.</summary>
internal sealed class EmptySheet(CatalogList list, string? format) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var aborted = httpContext.RequestAborted;
        using var sheet = SheetWriter.Begin(httpContext.Response, format, $"{list.Name}-template");
        await sheet.WriteRowAsync([.. list.Sheet.Select(column => column.Heading)], aborted);
        await sheet.CompleteAsync(aborted);
    }
}
