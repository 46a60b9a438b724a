using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Maydon.Kernel.Operations;

namespace Maydon.Kernel.Persistence.Embedded;

/// <summary>One run of the PostgreSQL server as a child of this process, in a session of its own so that Ctrl-C in the terminal does not reach it.</summary>
internal sealed partial class Postmaster : IDisposable
{
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _complaints = new();
    private volatile bool _stopping;

    private Postmaster(Process process, ILogger logger)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Log(line.Data, logger);
        process.ErrorDataReceived += (_, line) => Log(line.Data, logger);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>Returns when the server accepts connections; recovery after a crash may take its time.</summary>
    public static async Task<Postmaster> StartAsync(PostgresBinaries binaries, ClusterHome home, PostgresAccount account, IEnumerable<string> options, ILogger logger, CancellationToken cancellationToken)
    {
        string[] postgres = [binaries.Postgres, "-D", home.Cluster, "-k", home.Socket, "-p", "5432", .. options.SelectMany(option => new[] { "-c", option })];
        var postmaster = new Postmaster(ExternalProgram.Start(ExternalProgram.Describe(["setsid", .. account.Run(postgres)])), logger);
        var pidFile = Path.Combine(home.Cluster, "postmaster.pid");
        try
        {
            while (!IsReady(pidFile, postmaster._process.Id))
            {
                if (postmaster._process.HasExited)
                {
                    await postmaster._process.WaitForExitAsync(cancellationToken);
                    throw new OperatorException($"PostgreSQL does not start on {home.Cluster}: {string.Join(" ", postmaster._complaints)}");
                }

                await Task.Delay(10, cancellationToken);
            }

            return postmaster;
        }
        catch
        {
            await postmaster.StopAsync();
            postmaster.Dispose();
            throw;
        }
    }

    public Task WaitForExitAsync() => _process.WaitForExitAsync(CancellationToken.None);

    /// <summary>Ends sessions, writes everything out and returns when the process is gone.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        await SignalUntilGoneAsync(_process.Id, () => !_process.HasExited);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>
    /// Stops what a killed server has left running on this cluster, and clears the way when its number belongs to another program
    /// by now. Only for who holds the data directory.
    /// </summary>
    public static async Task StopOrphanAsync(ClusterHome home, ILogger logger)
    {
        var pidFile = Path.Combine(home.Cluster, "postmaster.pid");
        if (ReadOrNull(pidFile) is not { } note || !int.TryParse(note.Split('\n')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !IsThere())
            return;
        if (WorksHere())
        {
            logger.LogWarning("A PostgreSQL server was left running on {Cluster} (process {Pid}): stopping it", home.Cluster, pid);
            await SignalUntilGoneAsync(pid, WorksHere);
            return;
        }

        // PostgreSQL would believe that the other program is its predecessor and refuse to start. Its own parent it passes over, and
        // then looks whether sessions of the dead predecessor still use the shared memory named there: without the file it could not.
        await ReplaceFirstLineAsync(pidFile, note);

        bool IsThere() => Directory.Exists(Proc(pid));

        // A postmaster works in its data directory; through /proc that is the same file whatever links lead to it.
        bool WorksHere() => ReadOrNull(Path.Combine(Proc(pid), "cwd", "postmaster.pid")) is { } theirs && theirs.StartsWith(note.Split('\n')[0] + "\n", StringComparison.Ordinal)
            && ReadOrNull(pidFile) == theirs;
    }

    public void Dispose() => _process.Dispose();

    // In place and in one write: the file keeps its owner, and a kill leaves it whole.
    private static async Task ReplaceFirstLineAsync(string pidFile, string note)
    {
        string[] lines = [Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. note.Split('\n').Skip(1)];
        await using var file = new FileStream(pidFile, FileMode.Open, FileAccess.Write, FileShare.Read);
        await file.WriteAsync(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        file.SetLength(file.Position);
    }

    private static async Task SignalUntilGoneAsync(int pid, Func<bool> isThere)
    {
        foreach (var signal in (int[])[SigInt, SigQuit])
        {
            var since = Stopwatch.GetTimestamp();
            if (isThere())
                _ = Kill(pid, signal);
            while (isThere() && Stopwatch.GetElapsedTime(since) < s_patience)
                await Task.Delay(10, CancellationToken.None);
        }
    }

    // The pid file's first line is the process, its eighth the state.
    private static bool IsReady(string pidFile, int pid)
    {
        var lines = ReadOrNull(pidFile)?.Split('\n') ?? [];
        return lines.Length >= 8 && lines[0] == pid.ToString(CultureInfo.InvariantCulture) && lines[7].Trim() == "ready";
    }

    private static string Proc(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    private static string? ReadOrNull(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Log(string? line, ILogger logger)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        var grave = line.StartsWith("FATAL", StringComparison.Ordinal) || line.StartsWith("PANIC", StringComparison.Ordinal);
        if (grave || !line.StartsWith("LOG", StringComparison.Ordinal))
        {
            _complaints.Enqueue(line);
            while (_complaints.Count > 4)
                _complaints.TryDequeue(out _);
        }

        // Sessions that are ended by a stop, or refused while it recovers, are told of by those who lose them.
        var isExpected = _stopping || line.StartsWith("FATAL:  terminating", StringComparison.Ordinal) || line.StartsWith("FATAL:  the database system is", StringComparison.Ordinal);
        logger.Log(grave && !isExpected ? LogLevel.Warning : LogLevel.Debug, "PostgreSQL: {Line}", line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
