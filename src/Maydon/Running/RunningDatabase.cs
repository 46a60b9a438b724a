using System.Net.Sockets;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Npgsql;

namespace Maydon.Running;

/// <summary>
/// The database of the settings, answering: an external one, the embedded one started for this process, or the embedded one of
/// a server that runs on the same data already.
/// </summary>
internal sealed class RunningDatabase : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DataDirectory? _held;
    private readonly EmbeddedPostgres? _embedded;

    private RunningDatabase(string connectionString, DataDirectory? held, EmbeddedPostgres? embedded)
    {
        (_held, _embedded) = (held, embedded);
        Source = new NpgsqlDataSourceBuilder(connectionString) { Name = "maydon" }.Build();
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>Ends, with a sentence, when the embedded database is lost for good.</summary>
    public Task<string> Failure => _embedded?.Failure ?? new TaskCompletionSource<string>().Task;

    /// <summary>For the server, which must be alone on its data.</summary>
    public static async Task<RunningDatabase> OpenForServerAsync(MaydonSettings settings, ILogger logger, CancellationToken cancellationToken)
    {
        if (settings.DatabaseConnection is { } external)
        {
            ListeningPort.CheckFree(settings);
            return await OpenExternalAsync(external, cancellationToken);
        }

        // Of two servers on the same data the second has the same port too: who holds the data says more.
        var held = DataDirectory.TryHold(settings.DataDir, "serve") ?? throw InUse(settings.DataDir);
        return await StartEmbeddedAsync(settings, held, logger, cancellationToken, () => ListeningPort.CheckFree(settings));
    }

    /// <summary>For a command, which works beside a running server and waits for its turn after another command.</summary>
    public static async Task<RunningDatabase> OpenForCommandAsync(MaydonSettings settings, string command, ILogger logger, CancellationToken cancellationToken)
    {
        if (settings.DatabaseConnection is { } external)
            return await OpenExternalAsync(external, cancellationToken);
        var until = TimeProvider.System.GetUtcNow() + s_patience;
        while (true)
        {
            if (DataDirectory.TryHold(settings.DataDir, command) is { } held)
                return await StartEmbeddedAsync(settings, held, logger, cancellationToken);
            if (DataDirectory.ReadHolder(settings.DataDir).IsServer)
            {
                var beside = new RunningDatabase(EmbeddedPostgres.ConnectionStringFor(DatabaseDirectory(settings)), null, null);
                if (await FindFaultAsync(beside.Source, cancellationToken) is null)
                    return beside;
                await beside.DisposeAsync();
            }

            if (TimeProvider.System.GetUtcNow() > until)
                throw InUse(settings.DataDir);
            await Task.Delay(100, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_embedded is not null)
            await _embedded.DisposeAsync();
        _held?.Dispose();
    }

    private static string DatabaseDirectory(MaydonSettings settings) => Path.Combine(settings.DataDir, "postgres");

    private static OperatorException InUse(string directory) =>
        new($"The data directory {directory} is in use by {DataDirectory.ReadHolder(directory)}: stop that first, or set DATA_DIR to another directory.");

    private static async Task<RunningDatabase> StartEmbeddedAsync(MaydonSettings settings, DataDirectory held, ILogger logger, CancellationToken cancellationToken, Action? checkFirst = null)
    {
        try
        {
            checkFirst?.Invoke();
            var embedded = await EmbeddedPostgres.StartAsync(DatabaseDirectory(settings), logger, cancellationToken);
            return new RunningDatabase(embedded.ConnectionString, held, embedded);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static async Task<RunningDatabase> OpenExternalAsync(string connectionString, CancellationToken cancellationToken)
    {
        var database = new RunningDatabase(connectionString, null, null);
        if (await FindFaultAsync(database.Source, cancellationToken) is not { } fault)
            return database;
        await database.DisposeAsync();
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        throw new OperatorException($"The database {connection.Database} at {connection.Host}:{connection.Port} cannot be reached as {connection.Username} ({fault.TrimEnd('.')}): "
            + "check DATABASE_URL (or DB_NAME and its companions) and that the server runs.");
    }

    private static async Task<string?> FindFaultAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            return e.InnerException?.Message ?? e.Message;
        }
    }
}
