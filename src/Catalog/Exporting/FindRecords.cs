using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Exporting;

/// <summary>
/// The ids of all that a list's filters find, in its order: eight bytes for each, and then the query is over. However slowly somebody reads the file, no
/// connection and no snapshot waits for them.
/// </summary>
internal sealed class FindRecords(NpgsqlDataSource database, RecordSearches searches)
{
    /// <summary>Null when too many others search.</summary>
    public async Task<List<long>?> RunAsync(RecordQuery query, CatalogList list, IReadOnlyDictionary<string, string> orders, CancellationToken cancellationToken)
    {
        // No index stops at a page's end here: it waits where searches do.
        using var place = await searches.Queue.EnterAsync(cancellationToken);
        if (place is null)
            return null;
        var filter = query.ToFilter(forStrangers: false);
        var order = RecordOrder.Of(query.Ordering, list, orders);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = filter.Values.ToCommand($"select t.id from {list.Table} t where {filter.Sql} order by {order.ToSql(reverse: false)}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
