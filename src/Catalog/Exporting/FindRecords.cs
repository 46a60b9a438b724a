using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Catalog.Exporting;

/// <summary>
/// The ids of all that a list's filters find, in its order: eight bytes for each, and then the query is over. However slowly somebody reads the file, no
/// connection and no snapshot waits for them.
/// </summary>
internal sealed class FindRecords(NpgsqlDataSource database, RecordSearches searches)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    public async Task<(List<long>? Ids, Problem? Refusal)> RunAsync(RecordQuery query, CatalogList list, IReadOnlyDictionary<string, string> orders, string? format, CancellationToken cancellationToken)
    {
        // No index stops at a page's end here: it waits where searches do.
        using var place = await searches.Queue.EnterAsync(cancellationToken);
        if (place is null)
            return (null, Problem.Unavailable(s_soon));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ids = await ReadAsync(query, list, orders, connection, cancellationToken);
        if (format != SheetWriter.Xlsx)
            return (ids, null);
        if (ids.Count >= XlsxWriter.MostRows)
            return (null, Problem.Invalid("format", "export_too_long", XlsxWriter.MostRows - 1));
        return await HaveLongCellsAsync(ids, list, connection, cancellationToken) ? (null, Problem.Invalid("format", "export_cell_too_long", XlsxWriter.LongestCell)) : (ids, null);
    }

    private static async Task<List<long>> ReadAsync(RecordQuery query, CatalogList list, IReadOnlyDictionary<string, string> orders, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var filter = query.ToFilter(forStrangers: false);
        var order = RecordOrder.Of(query.Ordering, list, orders);
        await using var command = filter.Values.ToCommand($"select t.id from {list.Table} t where {filter.Sql} order by {order.ToSql(reverse: false)}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    /// <summary>Before anything is sent. How many bytes a text has PostgreSQL knows without unpacking it; characters beyond the first plane count twice, as everywhere in Excel.</summary>
    private static async Task<bool> HaveLongCellsAsync(List<long> ids, CatalogList list, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var isLong = list.Sheet.Where(column => column.MaxLength > XlsxWriter.LongestCell).Select(column =>
            $"case when octet_length(t.{column.Column}) > $2 then length(t.{column.Column}) + length(regexp_replace(t.{column.Column}, '[\\u0001-\\uFFFF]', '', 'g')) > $2 else false end");
        await using var command = new NpgsqlCommand($"select exists (select from unnest($1) found (id) join {list.Table} t on t.id = found.id where {string.Join(" or ", isLong)})", connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        command.Parameters.Add(new() { Value = XlsxWriter.LongestCell });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
