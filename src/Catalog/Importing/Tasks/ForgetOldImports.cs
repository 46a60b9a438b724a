using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// Imports that ended are told of for a month. A question that nobody answers for three days is withdrawn, and an import that no node works at for a day (its file lies
/// on a disk that is gone) has failed: either would keep every other file from its list. Files without an import go too.
/// </summary>
internal sealed class ForgetOldImports(NpgsqlDataSource database, ImportFiles files, TimeProvider clock) : IScheduledJob
{
    private static readonly TimeSpan s_keep = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_asking = TimeSpan.FromDays(3);
    private static readonly TimeSpan s_idle = TimeSpan.FromDays(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await EndAsync("status = 'cancelled'", "status = 'needs_confirmation'", now, s_asking, cancellationToken);
        await EndAsync("status = 'failed', error_key = 'import_gave_up'", "status in ('pending', 'running')", now, s_idle, cancellationToken);
        await DeleteFilesAsync(now - s_idle, cancellationToken);
        await database.DeleteInPortionsAsync(
            "delete from catalog.import_refusals r using (select import_id, row_number from catalog.import_refusals join catalog.imports i on i.id = import_id where i.completed_at < $1 limit $2) old where r.import_id = old.import_id and r.row_number = old.row_number",
            [(now - s_keep).UtcDateTime], cancellationToken);
        await database.DeleteInPortionsAsync("delete from catalog.imports where id in (select id from catalog.imports where completed_at < $1 limit $2)", [(now - s_keep).UtcDateTime], cancellationToken);
    }

    private async Task EndAsync(string change, string which, DateTimeOffset now, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"update catalog.imports set {change}, completed_at = $1, touched_at = $1 where {which} and touched_at < $2");
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = (now - patience).UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task DeleteFilesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = files.Find(before).ToArray();
        if (old.Length == 0)
            return;
        await using var command = database.CreateCommand("select task_id from catalog.imports where task_id = any($1) and completed_at is null");
        command.Parameters.Add(new() { Value = old });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var needed = new HashSet<string>();
        while (await reader.ReadAsync(cancellationToken))
            needed.Add(reader.GetString(0));
        foreach (var taskId in old.Where(taskId => !needed.Contains(taskId)))
            files.Delete(taskId);
    }
}
