using Maydon.Kernel.Persistence;
using Npgsql;

[assembly: AssemblyFixture(typeof(Maydon.Tests.Support.TestPostgres))]

namespace Maydon.Tests.Support;

/// <summary>One private PostgreSQL for the whole run; the schema is applied once to a template that every test class clones.</summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private const string Template = "maydon_template";
    private readonly string _directory = Path.Combine(Environment.GetEnvironmentVariable("MAYDON_TEST_DATABASES") ?? Path.GetTempPath(), "maydon-test-" + Path.GetRandomFileName());
    private readonly SemaphoreSlim _cloning = new(1);
    private EmbeddedPostgres? _postgres;
    private int _count;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_directory);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        // Durability is the Faults project's subject; here commits need not reach the disk.
        _postgres = await EmbeddedPostgres.StartAsync(_directory, CancellationToken.None, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400");
        await ExecuteAsync($"create database {Template}");
        await using var source = NpgsqlDataSource.Create(ConnectionTo(Template) + ";Pooling=false");
        await using var app = MaydonServer.Build(TestServer.Settings(_directory), source, builder => builder.Logging.ClearProviders());
        await app.Services.GetRequiredService<SchemaRunner>().ApplyAsync(CancellationToken.None);
    }

    /// <summary>A database of its own with the current schema; returns its connection string.</summary>
    public async Task<string> CloneAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _count)}";
        await _cloning.WaitAsync();
        try
        {
            // The other strategy writes all of it to the log once more.
            await ExecuteAsync($"create database {name} template {Template} strategy file_copy");
        }
        finally
        {
            _cloning.Release();
        }

        return ConnectionTo(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder(_postgres!.ConnectionString) { Database = database, MaxPoolSize = 60 }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_postgres!.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
