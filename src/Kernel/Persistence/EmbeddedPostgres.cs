using System.Diagnostics;
using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// A private PostgreSQL cluster that lives and dies with this process: made when missing, reached only through a unix socket in a
/// directory that nobody else may enter, run as an unprivileged user when this process is root.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly Process _server;
    private readonly string _binaries;
    private readonly string _cluster;

    private EmbeddedPostgres(Process server, string binaries, string cluster, string connectionString) =>
        (_server, _binaries, _cluster, ConnectionString) = (server, binaries, cluster, connectionString);

    public string ConnectionString { get; }

    public static async Task<EmbeddedPostgres> StartAsync(string directory, CancellationToken cancellationToken, params string[] options)
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException("PostgreSQL is not installed: install the package postgresql, or set DATABASE_URL.");
        var cluster = Path.Combine(directory, "cluster");
        var socket = Path.Combine(directory, "socket");
        Directory.CreateDirectory(socket);
        if (Environment.UserName == "root")
            await RunAsync("chown", ["-R", "postgres", directory], cancellationToken);
        if (!File.Exists(Path.Combine(cluster, "PG_VERSION")))
            await RunAsync(AsUnprivileged(Path.Combine(binaries, "initdb"), "-D", cluster, "-U", "maydon", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"), cancellationToken);
        var command = AsUnprivileged([Path.Combine(binaries, "postgres"), "-D", cluster, "-k", socket, "-c", "listen_addresses=", .. options.SelectMany(option => new[] { "-c", option })]);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        var server = Process.Start(start)!;
        server.ErrorDataReceived += (_, _) => { };
        server.OutputDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        var connectionString = new NpgsqlConnectionStringBuilder { Host = socket, Username = "maydon", Database = "postgres" }.ConnectionString;
        while (!await AnswersAsync(connectionString, cancellationToken))
        {
            if (server.HasExited)
                throw new InvalidOperationException($"PostgreSQL did not start in {cluster}.");
            await Task.Delay(50, cancellationToken);
        }

        return new EmbeddedPostgres(server, binaries, cluster, connectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited)
            await RunAsync(AsUnprivileged(Path.Combine(_binaries, "pg_ctl"), "-D", _cluster, "-m", "fast", "-w", "stop"), CancellationToken.None);
        _server.Dispose();
    }

    private static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string? FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max(StringComparer.Ordinal)
            : null;

    private static string[] AsUnprivileged(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. command] : command;

    private static Task RunAsync(string[] command, CancellationToken cancellationToken) => RunAsync(command[0], command[1..], cancellationToken);

    private static async Task RunAsync(string file, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(file)} failed: {error.Trim()}");
    }
}
