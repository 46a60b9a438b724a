using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Catalog.Changes;

/// <summary>What a history can be asked for.</summary>
public sealed class HistoryQuery : ListQuery;

/// <summary>What became of one record, deleted or not, the latest first.</summary>
internal sealed class RecordHistory(NpgsqlDataSource database)
{
    public async Task<(Page<HistoryEntry>? Page, Problem? Refusal)> ReadAsync(CatalogList list, string code, HistoryQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindAsync(connection, list, code, cancellationToken) is not var (id, version))
            return (null, list.NotFound());
        // Every version is one change.
        if (query.Check(version) is { } refusal)
            return (null, refusal);
        await using var command = new NpgsqlCommand($"""
            select c.version, c.kind, c.at, c.way, c.changed_by, coalesce(nullif(p.full_name, ''), p.email, p.username), c.source, c.source_row, {ChangeValues.Columns}
            from catalog.changes c left join identity.people p on p.id = c.changed_by
            where c.list = $1 and c.record_id = $2 order by c.version desc offset $3 limit $4
            """, connection);
        command.Parameters.Add(new() { Value = list.Name });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = query.Offset });
        command.Parameters.Add(new() { Value = query.Size });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<HistoryEntry>();
        while (await reader.ReadAsync(cancellationToken))
            entries.Add(Read(list, reader));
        return (query.ToPage(request, version, entries), null);
    }

    private static async Task<(long Id, long Version)?> FindAsync(NpgsqlConnection connection, CatalogList list, string code, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select id, version from {list.Table} where code = $1", connection);
        command.Parameters.Add(new() { Value = code });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    private static HistoryEntry Read(CatalogList list, NpgsqlDataReader reader)
    {
        var kind = reader.GetString(1);
        var (fields, _) = ChangeValues.Read(list, kind, reader, at: 8);
        return new HistoryEntry(
            reader.GetInt64(0), kind, reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3), reader.LongOrNull(4), reader.TextOrNull(5),
            reader.TextOrNull(6), reader.NumberOrNull(7), fields);
    }
}
