using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;

namespace Maydon.Running;

/// <summary>The server's services over its database, not serving: what a command works with.</summary>
internal sealed class CommandSession : IAsyncDisposable
{
    private readonly ILoggerFactory _logs;
    private readonly RunningDatabase _database;
    private readonly WebApplication _app;

    private CommandSession(MaydonSettings settings, ILoggerFactory logs, RunningDatabase database)
    {
        (Settings, _logs, _database) = (settings, logs, database);
        _app = MaydonServer.Build(settings, database.Source, builder => ConsoleLogs.AddForCommand(builder.Logging, settings));
    }

    public MaydonSettings Settings { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>With <paramref name="needsSchema"/> a database that lacks schema files is refused.</summary>
    public static async Task<CommandSession> OpenAsync(string command, bool needsSchema, CancellationToken cancellationToken)
    {
        var settings = HostSettings.Load();
        var logs = LoggerFactory.Create(logging => ConsoleLogs.AddForCommand(logging, settings));
        var database = await RunningDatabase.OpenForCommandAsync(settings, command, logs.CreateLogger("Maydon.Database"), cancellationToken);
        var session = new CommandSession(settings, logs, database);
        if (!needsSchema || (await session.Services.GetRequiredService<SchemaRunner>().PlanAsync(cancellationToken)).Count == 0)
            return session;
        await session.DisposeAsync();
        throw new OperatorException("The database does not have the schema of this release yet: run \"migrate\" or \"serve\" first.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        _logs.Dispose();
    }
}
