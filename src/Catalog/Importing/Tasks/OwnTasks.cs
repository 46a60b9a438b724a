using System.ComponentModel;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Signals;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>How far an import has come.</summary>
/// <param name="Total">Rows of the file; null until it has been read once.</param>
/// <param name="ErrorMessage">Why it failed, or what it asks, in the caller's language.</param>
/// <param name="Deactivations">Active records that the file makes inactive, of <paramref name="Active"/>.</param>
public sealed record ImportTaskItem(
    string TaskId,
    string List,
    string FileName,
    [property: Description("pending, running, needs_confirmation, completed, failed or cancelled.")] string Status,
    int? Total,
    int Processed,
    int Created,
    int Updated,
    int Unchanged,
    int Errors,
    int ProgressPercent,
    DateTimeOffset StartedAt,
    DateTimeOffset? CompletedAt,
    string? ErrorMessage,
    int? Deactivations,
    long? Active);

internal sealed record OwnTask(long Id, IReadOnlyList<string> Headings, ImportTaskItem Item);

/// <summary>The imports that somebody may see: their own, and for staff everybody's, as far as they may see the list.</summary>
internal sealed class OwnTasks(DbSession session, CurrentUser user, VisibleLists visible, ImportFiles files, TimeProvider clock)
{
    private const string Columns = """
        id, headings, task_id, list, file_name, status, total, processed, created, updated, unchanged, errors, started_at, completed_at, error_key, error_arguments, deactivations, active
        """;

    public async Task<OwnTask?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var opened = await session.OpenAsync(cancellationToken);
        return await ReadAsync($"select {Columns} from catalog.imports where task_id = $1 and ($2 or started_by = $3) and list = any($4)", [taskId, user.IsStaff, user.Id, visible.NamesForImports], cancellationToken);
    }

    /// <summary>Null when it asks nothing.</summary>
    public async Task<OwnTask?> ConfirmAsync(OwnTask task, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var changed = await ReadAsync(
            $"update catalog.imports set status = 'running', confirmed_by = $2, touched_at = $3 where id = $1 and status = 'needs_confirmation' returning {Columns}", [task.Id, user.Id, Now()], cancellationToken);
        await ClusterSignals.SendAsync(session.Connection, ImportWorker.Topic, "", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>Null when it has ended already. A batch that is being written just now is not.</summary>
    public async Task<OwnTask?> CancelAsync(OwnTask task, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var changed = await ReadAsync(
            $"update catalog.imports set status = 'cancelled', completed_at = $2, touched_at = $2 where id = $1 and completed_at is null returning {Columns}", [task.Id, Now()], cancellationToken);
        if (changed is not null)
            session.AfterCommit(() => files.Delete(task.Item.TaskId));
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private async Task<OwnTask?> ReadAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static OwnTask Read(NpgsqlDataReader reader)
    {
        var status = reader.GetString(5);
        var (total, processed) = (Number(6), reader.GetInt32(7));
        var (deactivations, active) = (Number(16), reader.IsDBNull(17) ? null : (long?)reader.GetInt64(17));
        var message = status == ImportStatus.NeedsConfirmation ? Messages.Text("import_asks", deactivations, active)
            : reader.IsDBNull(14) ? null
            : Messages.Text(reader.GetString(14), [.. reader.GetFieldValue<string[]>(15)]);
        return new OwnTask(reader.GetInt64(0), reader.GetFieldValue<string[]>(1), new ImportTaskItem(
            reader.GetString(2), reader.GetString(3), reader.GetString(4), status, total, processed, reader.GetInt32(8), reader.GetInt32(9), reader.GetInt32(10), reader.GetInt32(11),
            status == ImportStatus.Completed ? 100 : (int)(processed * 100L / Math.Max(total ?? 1, 1)),
            reader.GetFieldValue<DateTimeOffset>(12), reader.IsDBNull(13) ? null : reader.GetFieldValue<DateTimeOffset>(13), message, deactivations, active));

        int? Number(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetInt32(ordinal);
    }

    private DateTime Now() => clock.Now().UtcDateTime;
}
