using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Faults;

/// <summary>Where a campaign is fought: its servers, their database, and the means to hurt them. It leaves nothing behind.</summary>
internal sealed class Battlefield : IAsyncDisposable
{
    // The watcher must not be cut off with the others, nor stumble over a pooled connection to a database that was killed.
    private const string Watcher = "watcher";
    private readonly string _directory;
    private readonly List<ServerProcess> _nodes;
    private readonly NpgsqlDataSource _database;
    private readonly bool _embedded;

    private Battlefield(string directory, List<ServerProcess> nodes, NpgsqlDataSource database, bool embedded)
    {
        (_directory, _nodes, _database, _embedded) = (directory, nodes, database, embedded);
        Town = new Town(database, nodes);
    }

    public Town Town { get; }

    /// <summary>Servers on a database of their own in <paramref name="cluster"/>, or, without one, a server that runs its PostgreSQL itself.</summary>
    /// <param name="settings">Settings beside those that every server here has.</param>
    public static async Task<Battlefield> PrepareAsync(Cluster? cluster, int nodes, IReadOnlyDictionary<string, string>? settings = null)
    {
        var directory = Directory.CreateTempSubdirectory("maydon-faults-").FullName;
        // PostgreSQL, which runs as another user when this is root, passes through it.
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var database = cluster is null ? null : await cluster.CreateDatabaseAsync();
        var servers = Enumerable.Range(1, nodes).Select(number => new ServerProcess($"node{number}", directory, Settings(directory, number, cluster, database, settings))).ToList();
        var connection = cluster is null ? EmbeddedPostgres.ConnectionStringFor(Path.Combine(directory, "data1", "postgres")) : cluster.ConnectionTo(database!);
        var watcher = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = Watcher, Pooling = false };
        var field = new Battlefield(directory, servers, NpgsqlDataSource.Create(watcher.ConnectionString), cluster is null);
        try
        {
            foreach (var node in servers)
                await node.StartAsync();
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }

        return field;
    }

    /// <summary>Waits until the database has noticed that the server is dead: what it had sent may still be committed until then.</summary>
    public async Task BuryAsync(ServerProcess node)
    {
        if (_embedded)
            return;
        await using var connection = await _database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity where application_name = $1", connection) { Parameters = { new() { Value = node.Name } } };
        while (await command.ExecuteScalarAsync() is > 0L)
            await Task.Delay(5);
    }

    /// <summary>Ends every connection of the servers, in whatever they are; returns how many.</summary>
    public async Task<int> CutConnectionsAsync()
    {
        await using var command = _database.CreateCommand(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name <> $1");
        command.Parameters.Add(new() { Value = Watcher });
        return (int)(long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The names of the mails that the first server has sent.</summary>
    public IEnumerable<string> ReadMails() => Directory.EnumerateFiles(Path.Combine(_directory, "data1", "mail"), "*.eml");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        Town.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static Dictionary<string, string> Settings(string directory, int number, Cluster? cluster, string? database, IReadOnlyDictionary<string, string>? more)
    {
        var settings = new Dictionary<string, string>
        {
            ["SECRET_KEY"] = Town.SecretKey,
            ["DEBUG"] = "True",
            ["DATA_DIR"] = Path.Combine(directory, $"data{number}"),
            ["LOG_LEVEL"] = "Warning",
            ["THROTTLE_ANON"] = "off",
            ["THROTTLE_ANON_DEFAULT"] = "off",
            ["THROTTLE_USER"] = "off",
            ["THROTTLE_USER_DEFAULT"] = "off",
            ["THROTTLE_CODES"] = "off",
            ["THROTTLE_EVENTS"] = "off",
            ["THROTTLE_ORDERS"] = "off",
            ["THROTTLE_GUESTS"] = "off",
            ["THROTTLE_GUEST_KEYS"] = "off",
            ["ORDER_UNPAID_MAX"] = "0",
        };
        if (cluster is not null)
            settings["DATABASE_URL"] = cluster.UrlOf(database!, $"node{number}");
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
            settings[name] = value;
        return settings;
    }
}
