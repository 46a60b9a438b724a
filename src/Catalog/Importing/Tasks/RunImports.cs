using System.Data;
using Maydon.Catalog.Records;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// Brings every import on that is due and whose file lies here, one after the other as they came: a file of items finds the projects that were sent before it. Of all
/// nodes and turns one works at each: a lock says whose it is, and a killed one's goes with its connection.
/// </summary>
internal sealed class RunImports(NpgsqlDataSource database, IServiceScopeFactory scopes, ImportFiles files, IEnumerable<CatalogList> lists, ILogger<RunImports> logger) : IScheduledJob
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
            try
            {
                await BringOnAsync(due, cancellationToken);
            }
            catch (NpgsqlException e) when (PassingTrouble.Is(e))
            {
                // Where it stands it goes on with the next turn, and others need not wait for that.
                logger.LogWarning("Import {Task} could not go on ({Reason}); the schedule tries again", due.TaskId, e.Message.Split('\n')[0]);
            }
        }
    }

    private async Task BringOnAsync(ImportTask due, CancellationToken cancellationToken)
    {
        await using var holder = await database.OpenConnectionAsync(cancellationToken);
        if (!await LockAsync("pg_try_advisory_lock", holder, due, cancellationToken))
            return;
        try
        {
            if (await ImportTask.BeginAttemptAsync(database, due.Id, cancellationToken) is { } task)
                await RunAsync(task, cancellationToken);
        }
        finally
        {
            // The pool takes locks away only when it hands the connection out again.
            if (holder.State == ConnectionState.Open)
                await LockAsync("pg_advisory_unlock", holder, due, CancellationToken.None);
        }
    }

    private async Task RunAsync(ImportTask task, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<RunImport>().RunAsync(task, lists.Single(list => list.Name == task.List), cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException || (e is NpgsqlException trouble && PassingTrouble.Is(trouble) && !TookTooLong(trouble)))
        {
            // What counts is what ends the server, or would fail each time, as a batch that takes too long might.
            await ImportTask.TakeAttemptBackAsync(database, task.Id, CancellationToken.None);
            throw;
        }
    }

    private static bool TookTooLong(NpgsqlException trouble) => trouble.InnerException is TimeoutException || trouble.SqlState == PostgresErrorCodes.QueryCanceled;

    private static async Task<bool> LockAsync(string function, NpgsqlConnection holder, ImportTask task, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {function}($1, $2)", holder);
        command.Parameters.Add(new() { Value = Lock });
        command.Parameters.Add(new() { Value = (int)(task.Id % int.MaxValue) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
