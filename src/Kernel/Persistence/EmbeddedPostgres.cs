using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// A private PostgreSQL cluster that lives and dies with this process: made when missing, reached only through a unix socket in a
/// directory that nobody else may enter, run as an unprivileged user when this process is root, started again when it dies.
/// Whoever starts it must hold the directory for itself.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Role = "maydon";
    private const string Database = "maydon";
    private const int Attempts = 6;
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMinutes(1);

    // For a small server that runs other things too; the rest are PostgreSQL's defaults, fsync among them.
    private static readonly string[] s_settings =
    [
        "listen_addresses=", "max_connections=150", "shared_buffers=128MB", "effective_cache_size=512MB", "random_page_cost=1.1", "work_mem=8MB",
        "wal_compression=on", "checkpoint_timeout=15min", "jit=off", "huge_pages=off", "max_logical_replication_workers=0", "timezone=UTC",
        // Not the errors of statements: they carry people's data, and the server reports its own.
        "log_min_messages=log", "log_checkpoints=off", "log_line_prefix=",
    ];

    private readonly PostgresBinaries _binaries;
    private readonly ClusterHome _home;
    private readonly PostgresAccount _account;
    private readonly string[] _options;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _supervision;
    private readonly TaskCompletionSource<string> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EmbeddedPostgres(PostgresBinaries binaries, ClusterHome home, PostgresAccount account, string[] options, ILogger logger, Postmaster postmaster)
    {
        (_binaries, _home, _account, _options, _logger) = (binaries, home, account, options, logger);
        _supervision = SuperviseAsync(postmaster);
    }

    public string ConnectionString => Connect(_home, Database);

    /// <summary>Ends, with a sentence, when the server has died and could not be started again; otherwise never.</summary>
    public Task<string> Failure => _failure.Task;

    /// <summary>How the cluster of a running server in <paramref name="directory"/> is reached.</summary>
    public static string ConnectionStringFor(string directory) => Connect(ClusterHome.At(directory), Database);

    public static Task<EmbeddedPostgres> StartAsync(string directory, CancellationToken cancellationToken, params string[] options) =>
        StartAsync(directory, NullLogger.Instance, cancellationToken, options);

    /// <summary>Throws <see cref="OperatorException"/> with a sentence when it cannot be done. <paramref name="options"/> go before its own settings.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(string directory, ILogger logger, CancellationToken cancellationToken, params string[] options)
    {
        var account = await PostgresAccount.ChooseAsync(ClusterHome.At(directory).Cluster, cancellationToken);
        var home = await ClusterHome.PrepareAsync(directory, account, logger, cancellationToken);
        SetBrokenAside(home, logger);
        var binaries = await PostgresBinaries.ChooseAsync(ReadMajor(home), home.Cluster, cancellationToken);
        if (!Directory.Exists(home.Cluster))
            await MakeClusterAsync(binaries, home, account, options.Contains("fsync=off"), cancellationToken);
        await Postmaster.StopOrphanAsync(home, logger);
        await home.PrepareSocketAsync(account, cancellationToken);

        string[] settings = [.. s_settings, .. options];
        var postmaster = await Postmaster.StartAsync(binaries, home, account, settings, logger, cancellationToken);
        var server = new EmbeddedPostgres(binaries, home, account, settings, logger, postmaster);
        try
        {
            await server.MakeDatabaseAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        await _supervision;
    }

    private static string Connect(ClusterHome home, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = home.Socket,
        Port = 5432,
        Username = Role,
        Database = database,
        // A socket needs no encryption, and asking for it costs round trips.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    // initdb writes PG_VERSION early and pg_control late: a directory without either was never a database.
    private static void SetBrokenAside(ClusterHome home, ILogger logger)
    {
        foreach (var draft in Directory.GetDirectories(home.Directory, "cluster.new-*"))
            DeleteDraft(draft, logger);
        if (!Directory.Exists(home.Cluster) || (ReadMajor(home) is not null && File.Exists(Path.Combine(home.Cluster, "global", "pg_control"))))
            return;
        var aside = $"{home.Cluster}.broken-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        Directory.Move(home.Cluster, aside);
        logger.LogWarning("{Cluster} held no whole database: it is kept as {Aside} and a new one is made", home.Cluster, aside);
    }

    private static void DeleteDraft(string draft, ILogger logger)
    {
        try
        {
            Directory.Delete(draft, recursive: true);
        }
        catch (IOException e)
        {
            // The initdb of a killed server may still be writing: the next start finds it finished.
            logger.LogInformation("{Draft} is left for the next start to delete ({Reason})", draft, e.Message);
        }
    }

    private static int? ReadMajor(ClusterHome home)
    {
        var file = Path.Combine(home.Cluster, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    /// <summary>Beside its place and then renamed, so that a cluster is there wholly or not at all.</summary>
    private static async Task MakeClusterAsync(PostgresBinaries binaries, ClusterHome home, PostgresAccount account, bool isThrowaway, CancellationToken cancellationToken)
    {
        var draft = $"{home.Cluster}.new-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var (exitCode, _, error) = await ExternalProgram.RunAsync(cancellationToken,
            account.Run([binaries.Initdb, "-D", draft, "-U", Role, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", .. isThrowaway ? ["--no-sync"] : Array.Empty<string>()]));
        if (exitCode != 0)
            throw new OperatorException($"A database cannot be made in {home.Directory}: {error.ReplaceLineEndings(" ")}");
        Directory.Move(draft, home.Cluster);
    }

    private async Task MakeDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Connect(_home, "postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand($"select exists (select from pg_database where datname = '{Database}')", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is true)
            return;
        await using var create = new NpgsqlCommand($"create database {Database}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The only one that touches the child after the start, so that a stop and a restart cannot cross.</summary>
    private async Task SuperviseAsync(Postmaster postmaster)
    {
        var failures = 0;
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            var ended = postmaster.WaitForExitAsync();
            await Task.WhenAny(ended, _stopping.Task);
            if (_stopping.Task.IsCompleted)
                break;
            failures = Stopwatch.GetElapsedTime(since) > s_longEnough ? 1 : failures + 1;
            _logger.LogError("PostgreSQL has ended by itself (exit code {ExitCode}): starting it again", postmaster.ExitCode);
            var reason = "it has ended again and again shortly after its start.";
            Postmaster? next = null;
            for (; next is null && failures < Attempts && !_stopping.Task.IsCompleted; failures++)
                (next, reason) = await RestartAsync(TimeSpan.FromMilliseconds(100 << failures));
            if (next is null)
            {
                _failure.TrySetResult($"The database has ended and cannot be started again: {reason}");
                break;
            }

            postmaster.Dispose();
            postmaster = next;
        }

        await postmaster.StopAsync();
        postmaster.Dispose();
    }

    private async Task<(Postmaster? Started, string Reason)> RestartAsync(TimeSpan wait)
    {
        await Task.WhenAny(Task.Delay(wait), _stopping.Task);
        try
        {
            await Postmaster.StopOrphanAsync(_home, _logger);
            return (await Postmaster.StartAsync(_binaries, _home, _account, _options, _logger, CancellationToken.None), "");
        }
        catch (Exception e) when (e is OperatorException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}
