using System.Globalization;
using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Changes;

/// <summary>
/// Every change in the order of the commits (docs/decisions/0028). What has a position is committed with all before it, so whoever goes on from a cursor
/// misses nothing and is shown nothing twice.
/// </summary>
internal sealed class ChangeFeed(NpgsqlDataSource database, IEnumerable<CatalogList> lists)
{
    public const string Beginning = "0";

    private const string CursorOfLatest = "catalog.cursor_of(latest.position, latest.list, latest.record_id, latest.version, latest.at)";
    private const string CursorOfChange = "catalog.cursor_of(c.position, c.list, c.record_id, c.version, c.at)";

    private readonly Dictionary<string, CatalogList> _lists = lists.ToDictionary(list => list.Name, StringComparer.Ordinal);

    /// <summary>Null when there is no such change: the cursor is of another database, or of this one before it was restored.</summary>
    /// <param name="since">A cursor, or <see cref="Beginning"/>.</param>
    /// <param name="names">The lists that the caller may see.</param>
    public async Task<ChangePage?> ReadAsync(string since, IReadOnlyCollection<string> names, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var position = 0L;
        if (since != Beginning)
        {
            if (await FindAsync(connection, since, cancellationToken) is not { } found)
                return null;
            position = found;
        }

        // One statement, so one snapshot: what the caller may not see is passed over only up to where it looked.
        await using var command = new NpgsqlCommand($"""
            select {CursorOfLatest}, {CursorOfChange},
                c.list, c.record_id, c.code, c.kind, c.version, c.at, c.fields::text, c.record::text
            from (select * from catalog.changes order by position desc limit 1) latest
            left join lateral (select * from catalog.changes where position > $1 and list = any($2) order by position limit $3) c on true
            order by c.position
            """, connection);
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = names.ToArray() });
        command.Parameters.Add(new() { Value = limit + 1L });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var results = new List<ChangeItem>();
        var latest = since;
        while (await reader.ReadAsync(cancellationToken))
        {
            latest = reader.GetString(0);
            if (await reader.IsDBNullAsync(1, cancellationToken))
                break;
            if (results.Count == limit)
                return new ChangePage(results, results[^1].Cursor, HasMore: true);
            results.Add(Read(reader));
        }

        return new ChangePage(results, latest, HasMore: false);
    }

    private ChangeItem Read(NpgsqlDataReader reader)
    {
        var list = _lists[reader.GetString(2)];
        var kind = reader.GetString(5);
        var record = ChangeValues.Record(list, reader.IsDBNull(9) ? null : reader.GetString(9));
        return new ChangeItem(
            reader.GetString(1), list.Name, reader.GetInt64(3), reader.GetString(4), kind, reader.GetInt64(6), reader.GetFieldValue<DateTimeOffset>(7),
            ChangeValues.Fields(list, reader.GetString(8), kind, record), record);
    }

    private static async Task<long?> FindAsync(NpgsqlConnection connection, string cursor, CancellationToken cancellationToken)
    {
        if (!long.TryParse(cursor.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            return null;
        await using var command = new NpgsqlCommand($"select c.position from catalog.changes c where c.position = $1 and {CursorOfChange} = $2", connection);
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = cursor });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
