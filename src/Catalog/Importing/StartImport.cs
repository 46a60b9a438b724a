using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Signals;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Importing;

/// <summary>What goes on in the background.</summary>
/// <param name="TaskId">For <c>/api/v1/tasks/{task_id}/</c>.</param>
public sealed record ImportStarted(string TaskId);

/// <summary>Hands a file over to be imported. One that cannot be read at all, or lacks the code, is refused at once; while another import of the list goes on, every one is.</summary>
internal sealed class StartImport(DbSession session, ImportFiles files, TimeProvider clock)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    public async Task<(ImportStarted? Started, Problem? Refusal)> RunAsync(CatalogList list, UploadedFile file, CurrentUser user, CancellationToken cancellationToken)
    {
        if (await LookIntoAsync(list, file, cancellationToken) is { } refusal)
            return (null, refusal);
        await using var transaction = await session.BeginAsync(cancellationToken);
        if (!await AddAsync(list, file, user, cancellationToken))
            return (null, await RunningAsync(list, cancellationToken));
        await ClusterSignals.SendAsync(session.Connection, ImportWorker.Topic, "", cancellationToken);
        // Before it is known whether the commit came through: a file without an import goes after a day, an import without its file could only fail.
        file.Keep();
        await transaction.CommitAsync(cancellationToken);
        return (new ImportStarted(file.TaskId), null);
    }

    /// <summary>Null when it can be read at all. Not in a transaction: those who look into large files wait for each other.</summary>
    public async Task<Problem?> LookIntoAsync(CatalogList list, UploadedFile file, CancellationToken cancellationToken)
    {
        if (file.Headings is not null)
            return null;
        using var place = await files.Readers.EnterAsync(cancellationToken);
        if (place is null)
            return Problem.Unavailable(s_soon);
        try
        {
            using var rows = files.Open(file.TaskId, list);
            file.Headings = [.. rows.Columns.Headings.Select(heading => heading.Replace('\0', '\uFFFD'))];
            return null;
        }
        catch (UnreadableSheetException e)
        {
            return Unreadable(e);
        }
    }

    public static Problem Unreadable(UnreadableSheetException e) => Problem.Invalid("file", e.MessageKey, [.. e.Arguments]);

    private async Task<bool> AddAsync(CatalogList list, UploadedFile file, CurrentUser user, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into catalog.imports (task_id, list, file_name, headings, started_by, may_add, started_at, touched_at) values ($1, $2, $3, $4, $5, $6, $7, $7)
            on conflict (list) where completed_at is null do nothing
            """, session.Connection);
        foreach (object value in new object[] { file.TaskId, list.Name, file.Name, file.Headings!.ToArray(), user.Id, user.May(list.Right("add")) })
            command.Parameters.Add(new() { Value = value });
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<Problem> RunningAsync(CatalogList list, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select task_id from catalog.imports where list = $1 and completed_at is null", session.Connection);
        command.Parameters.Add(new() { Value = list.Name });
        var refusal = Problem.Conflict("import_running");
        return await command.ExecuteScalarAsync(cancellationToken) is string other ? refusal.With("task_id", other) : refusal;
    }
}
