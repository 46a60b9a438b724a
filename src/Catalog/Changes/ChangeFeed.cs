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

    /// <summary>What is told at once is kept below, if it is more than one change: descriptions may have 100,000 letters.</summary>
    public const int MostBytes = 1_000_000;

    private const string CursorOfLatest = "catalog.cursor_of(latest.position, latest.list, latest.record_id, latest.version, latest.at)";
    private const string CursorOfChange = "catalog.cursor_of(c.position, c.list, c.record_id, c.version, c.at)";

    private const string Columns = $"{CursorOfChange}, c.list, c.record_id, c.code, c.kind, c.version, c.at, {ChangeValues.Columns}";

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
            if (await FindAsync(connection, since, cancellationToken) is not { } known)
                return null;
            position = known;
        }

        // One statement, so one snapshot: what the caller may not see is passed over only up to where it looked.
        await using var command = new NpgsqlCommand($"""
            select {CursorOfLatest}, c.found, {Columns}
            from (select * from catalog.changes order by position desc limit 1) latest
            left join lateral (
                select * from (
                    select n.*, count(*) over () as found, row_number() over so_far as number, sum(n.bytes) over so_far as bytes_so_far
                    from (
                        select p.* from unnest($2) name
                        cross join lateral (select * from catalog.changes where list = name and position > $1 order by position limit $3 + 1) p
                        order by p.position limit $3 + 1
                    ) n
                    window so_far as (order by n.position)
                ) c
                where c.number = 1 or (c.number <= $3 and c.bytes_so_far <= $4)
            ) c on true
            order by c.position
            """, connection);
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = names.ToArray() });
        command.Parameters.Add(new() { Value = (long)limit });
        command.Parameters.Add(new() { Value = (long)MostBytes });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var results = new List<ChangeItem>();
        var (latest, found) = (since, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            latest = reader.GetString(0);
            if (await reader.IsDBNullAsync(1, cancellationToken))
                break;
            found = reader.GetInt64(1);
            results.Add(Read(reader, at: 2));
        }

        return found > results.Count ? new ChangePage(results, results[^1].Cursor, HasMore: true) : new ChangePage(results, latest, HasMore: false);
    }

    /// <summary>The changes of one list from a position up to and with another, and the cursor of the change that they come after.</summary>
    public async Task<ChangePart> ReadPartAsync(string list, long since, long first, long last, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"""
            select {Columns} from (
                select * from catalog.changes where position = $2
                union all
                select * from catalog.changes where position between $3 and $4 and list = $1
            ) c order by c.position
            """, connection);
        command.Parameters.Add(new() { Value = list });
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = last });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var cursor = since == 0 ? Beginning : null;
        var changes = new List<ChangeItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (cursor is null)
                cursor = reader.GetString(0);
            else
                changes.Add(Read(reader, at: 0));
        }

        return new ChangePart(cursor ?? throw new InvalidOperationException($"There is no change {since} of the catalogue."), changes);
    }

    /// <param name="at">Where the <see cref="Columns"/> begin.</param>
    private ChangeItem Read(NpgsqlDataReader reader, int at)
    {
        var list = _lists[reader.GetString(at + 1)];
        var kind = reader.GetString(at + 4);
        var (fields, record) = ChangeValues.Read(list, kind, reader, at + 7);
        return new ChangeItem(
            reader.GetString(at), list.Name, reader.GetInt64(at + 2), reader.GetString(at + 3), kind, reader.GetInt64(at + 5), reader.GetFieldValue<DateTimeOffset>(at + 6),
            fields, record);
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

/// <summary>Some changes of a list, and the cursor of the one that they come after.</summary>
internal sealed record ChangePart(string Since, IReadOnlyList<ChangeItem> Changes);
