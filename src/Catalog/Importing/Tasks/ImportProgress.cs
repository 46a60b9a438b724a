using System.Text.Json;
using Maydon.Catalog.Importing.Rows;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>How far an import has come, written where it was found: whoever was overtaken, by another node or by a cancellation, writes nothing.</summary>
internal sealed class ImportProgress(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>After the first reading: it goes on, or asks.</summary>
    public Task<bool> CountedAsync(long id, int total, int deactivations, long active, string status, CancellationToken cancellationToken) => ExecuteAsync(
        "update catalog.imports set total = $2, deactivations = $3, active = $4, status = $5, touched_at = $6, attempts = 0 where id = $1 and status = 'pending'",
        [id, total, deactivations, active, status, Now()], cancellationToken);

    public Task<bool> CompletedAsync(long id, int lastRow, CancellationToken cancellationToken) => ExecuteAsync(
        "update catalog.imports set status = 'completed', completed_at = $3, touched_at = $3 where id = $1 and status = 'running' and last_row = $2", [id, lastRow, Now()], cancellationToken);

    public Task<bool> FailedAsync(long id, string key, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => ExecuteAsync(
        "update catalog.imports set status = 'failed', completed_at = $2, touched_at = $2, error_key = $3, error_arguments = $4 where id = $1 and status in ('pending', 'running')",
        [id, Now(), key, arguments.ToArray()], cancellationToken);

    /// <summary>Part of the transaction that writes the batch. False: it is not ours any more, nothing of it may be committed.</summary>
    public async Task<bool> AddAsync(NpgsqlConnection connection, ImportTask task, int lastRow, RowBatch batch, RowFates fates, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update catalog.imports set processed = processed + $4, created = created + $5, updated = updated + $6, unchanged = unchanged + $7, errors = errors + $8,
                last_row = $3, touched_at = $9, attempts = 0
            where id = $1 and status = 'running' and last_row = $2
            """, connection);
        foreach (object value in new object[] { task.Id, lastRow, batch.LastNumber, batch.Count, fates.New.Count, fates.Changed.Count, fates.Unchanged, fates.Refused.Count, Now() })
            command.Parameters.Add(new() { Value = value });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;
        if (fates.Refused.Count > 0)
            await AddRefusalsAsync(connection, task.Id, fates.Refused, cancellationToken);
        return true;
    }

    private static async Task AddRefusalsAsync(NpgsqlConnection connection, long id, List<RefusedRow> refused, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "insert into catalog.import_refusals (import_id, row_number, cells, faults) select $1, r.row_number, r.cells::jsonb, r.faults::jsonb from unnest($2, $3, $4) r (row_number, cells, faults)", connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = refused.ConvertAll(row => row.Number).ToArray() });
        // PostgreSQL keeps no NUL.
        command.Parameters.Add(new() { Value = refused.ConvertAll(row => JsonSerializer.Serialize(row.Cells.Select(cell => cell.Replace('\0', '\uFFFD')))).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = refused.ConvertAll(row => row.FaultsJson.Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private DateTime Now() => clock.Now().UtcDateTime;
}
