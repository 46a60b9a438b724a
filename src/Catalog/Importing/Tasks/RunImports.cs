using Maydon.Catalog.Records;
using Maydon.Kernel.Jobs;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>Brings every import on that is due and whose file lies here. Of all nodes and turns one works at each: its lock goes with its connection, however it ends.</summary>
internal sealed class RunImports(NpgsqlDataSource database, RunImport import, ImportFiles files, IEnumerable<CatalogList> lists) : IScheduledJob
{
    public const string Name = "catalog.imports";

    // Beside that of the writers' turn, 1.
    private const int Lock = 7311;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var due in await ImportTask.ReadDueAsync(database, cancellationToken))
        {
            if (!files.Has(due.TaskId))
                continue;
            await using var holder = await database.OpenConnectionAsync(cancellationToken);
            if (await TakeAsync(holder, due, cancellationToken) && await ImportTask.BeginAttemptAsync(database, due.Id, cancellationToken) is { } task)
                await import.RunAsync(task, lists.Single(list => list.Name == task.List), cancellationToken);
        }
    }

    /// <summary>Until the connection goes back.</summary>
    private static async Task<bool> TakeAsync(NpgsqlConnection holder, ImportTask task, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1, $2)", holder);
        command.Parameters.Add(new() { Value = Lock });
        command.Parameters.Add(new() { Value = (int)(task.Id % int.MaxValue) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
