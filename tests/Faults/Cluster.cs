using Maydon.Kernel.Persistence;
using Npgsql;

[assembly: AssemblyFixture(typeof(Maydon.Faults.Cluster))]

namespace Maydon.Faults;

/// <summary>One PostgreSQL that outlives every server: durable as in production, <c>fsync</c> and <c>synchronous_commit</c> on.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("maydon-cluster-").FullName;
    private EmbeddedPostgres? _postgres;
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        _postgres = await EmbeddedPostgres.StartAsync(Path.Combine(_directory, "postgres"), CancellationToken.None, "fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=300");
    }

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"faults_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(_postgres!.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return name;
    }

    public string ConnectionTo(string database) => new NpgsqlConnectionStringBuilder(_postgres!.ConnectionString) { Database = database }.ConnectionString;

    public string UrlOf(string database, string application)
    {
        var parts = new NpgsqlConnectionStringBuilder(_postgres!.ConnectionString);
        return $"postgresql://{parts.Username}@/{database}?host={Uri.EscapeDataString(parts.Host!)}&port={parts.Port}&application_name={application}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
