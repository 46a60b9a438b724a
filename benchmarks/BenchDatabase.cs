using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Bench;

/// <summary>One durable PostgreSQL for the server and for what it is compared with: the machine's defaults, <c>fsync</c> and <c>synchronous_commit</c> on.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string _directory;
    private readonly EmbeddedPostgres _postgres;

    private BenchDatabase(string directory, EmbeddedPostgres postgres, string name)
    {
        (_directory, _postgres, Name) = (directory, postgres, name);
        var parts = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name };
        (Socket, User, ConnectionString) = (parts.Host!, parts.Username!, parts.ConnectionString);
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; }
    public string Directory => _directory;
    public string Socket { get; }
    public string User { get; }
    public string ConnectionString { get; }
    public string Url => $"postgresql://{User}@/{Name}?host={Uri.EscapeDataString(Socket)}";
    public NpgsqlDataSource Source { get; }
    public static string Binaries { get; } = System.IO.Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    public static async Task<BenchDatabase> StartAsync()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("maydon-bench-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var postgres = await EmbeddedPostgres.StartAsync(Path.Combine(directory, "postgres"), CancellationToken.None, "fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=200");
        await using (var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("create database bench", connection);
            await command.ExecuteNonQueryAsync();
        }

        return new BenchDatabase(directory, postgres, "bench");
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _postgres.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }
}
