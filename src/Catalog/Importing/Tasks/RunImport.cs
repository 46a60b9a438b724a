using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Records;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// Takes a file into its list. The file is read twice: first only to see that all of it can be read, how long it is and how much it would hide, so that what is
/// broken or stopped has changed nothing; then batch by batch, each with its progress in one transaction, the next being read while one is written. Whoever
/// resumes reads from the beginning and passes over what is done.
/// </summary>
internal sealed class RunImport(NpgsqlDataSource database, DbSession session, CatalogTurn turn, ImportProgress progress, ImportFiles files, TimeProvider clock)
{
    private const int MostAttempts = 10;

    public async Task RunAsync(ImportTask task, CatalogList list, CancellationToken cancellationToken)
    {
        // Its file is kept for a day, for whoever looks into it.
        if (task.Attempts > MostAttempts)
        {
            await progress.FailedAsync(task.Id, "import_gave_up", [], cancellationToken);
            return;
        }

        try
        {
            if (task.IsCounted || await CountAsync(task, list, cancellationToken))
                await WriteAsync(task, list, cancellationToken);
        }
        catch (UnreadableSheetException e)
        {
            if (await progress.FailedAsync(task.Id, e.MessageKey, e.Arguments, cancellationToken))
                files.Delete(task.TaskId);
        }
        catch (FileNotFoundException)
        {
            // Whoever cancelled it has deleted its file, and then it has not failed.
            await progress.FailedAsync(task.Id, "import_file_gone", [], cancellationToken);
        }
    }

    /// <summary>False when it has to be confirmed, or was cancelled meanwhile.</summary>
    private async Task<bool> CountAsync(ImportTask task, CatalogList list, CancellationToken cancellationToken)
    {
        using var rows = files.Open(task.TaskId, list);
        var statements = new BatchStatements(list, rows.Columns);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (total, deactivations) = (0, 0);
        while (rows.Read(after: 0, cancellationToken) is { } batch)
        {
            total += batch.Count;
            deactivations += await statements.CountDeactivationsAsync(connection, batch, cancellationToken);
        }

        var active = await ActiveRecords.CountAsync(connection, list, cancellationToken);
        var asks = Brake.Stops(deactivations, active) && !task.IsConfirmed;
        return await progress.CountedAsync(task.Id, total, deactivations, active, asks ? ImportStatus.NeedsConfirmation : ImportStatus.Running, cancellationToken) && !asks;
    }

    private async Task WriteAsync(ImportTask task, CatalogList list, CancellationToken cancellationToken)
    {
        using var rows = files.Open(task.TaskId, list);
        var statements = new BatchStatements(list, rows.Columns);
        var origin = new ChangeOrigin(ChangeWay.Import, task.StartedBy, task.FileName);
        var done = task.LastRow;
        var reading = ReadAsync();
        try
        {
            while (await reading is { } batch)
            {
                reading = ReadAsync();
                if (!await WriteAsync(task, done, batch, statements, origin, cancellationToken))
                    return;
                done = batch.LastNumber;
            }
        }
        finally
        {
            // The file is not closed under whoever reads it.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (await progress.CompletedAsync(task.Id, done, cancellationToken))
            files.Delete(task.TaskId);

        Task<RowBatch?> ReadAsync() => Task.Run(() => rows.Read(after: task.LastRow, cancellationToken), cancellationToken);
    }

    /// <summary>Nobody waits for a batch that changes nothing: only others take their turn.</summary>
    private async Task<bool> WriteAsync(ImportTask task, int done, RowBatch batch, BatchStatements statements, ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        var fates = await statements.CompareAsync(session.Connection, batch, task.MayAdd, cancellationToken);
        if (!fates.WriteNothing)
        {
            await turn.TakeAsync(origin, cancellationToken);
            fates = await statements.CompareAsync(session.Connection, batch, task.MayAdd, cancellationToken);
            await statements.WriteAsync(session.Connection, fates, clock.Now(), cancellationToken);
        }

        if (!await progress.AddAsync(session.Connection, task, done, batch, fates, cancellationToken))
            return false;
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}

internal static class ActiveRecords
{
    public static async Task<long> CountAsync(NpgsqlConnection connection, CatalogList list, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select size from catalog.sizes where list = $1 and is_active", connection);
        command.Parameters.Add(new() { Value = list.Name });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
