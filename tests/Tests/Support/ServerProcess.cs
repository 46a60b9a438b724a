using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Maydon.Tests.Support;

/// <summary>One server: the real executable in a process of its own, on a port that it keeps over all its deaths.</summary>
internal sealed class ServerProcess(string name, string directory, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly string _log = Path.Combine(directory, $"{name}.log");
    private Process? _process;

    public int Port { get; } = FindFreePort();
    public Uri Address => new($"http://127.0.0.1:{Port}");
    public string Name => name;
    public string LogFile => _log;
    public int ProcessId => _process!.Id;

    /// <summary>Only where the settings name it.</summary>
    public string DataDir => settings["DATA_DIR"];

    /// <summary>The same node with other settings, for a command that is run once.</summary>
    public ServerProcess With(params (string Name, string Value)[] changes)
    {
        var changed = new Dictionary<string, string>(settings);
        foreach (var (key, value) in changes)
            changed[key] = value;
        return new ServerProcess(name, directory, changed);
    }

    /// <summary>Returns when the server answers; throws with the end of its log when it died instead.</summary>
    public async Task StartAsync(TimeSpan? clockOffset = null)
    {
        _process = Launch(["serve", "--no-demo"], clockOffset);
        var deadline = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(120))
                throw new InvalidOperationException($"{name} did not start: {await ReadLogAsync()}");
            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL: no handler of the server runs.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as systemd stops a service.</summary>
    public async Task TerminateAsync()
    {
        await SignalAsync("TERM");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process!.WaitForExitAsync(patience.Token);
        if (_process.ExitCode != 0)
            throw new InvalidOperationException($"{name} ended with exit code {_process.ExitCode} on SIGTERM: {await ReadLogAsync()}");
    }

    /// <summary>Stands still as a machine does whose disk or host has stalled, then goes on as if nothing had been.</summary>
    public async Task FreezeAsync(TimeSpan howLong)
    {
        await SignalAsync("STOP");
        await Task.Delay(howLong);
        await SignalAsync("CONT");
    }

    /// <summary>Runs <c>maydon COMMAND</c> with the settings of this node and returns its exit code and output.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
    {
        using var process = Launch(command, clockOffset: null, log: false);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await SignalAsync("CONT");
            await TerminateAsync();
        }

        _process?.Dispose();
        _probe.Dispose();
    }

    private Process Launch(string[] arguments, TimeSpan? clockOffset, bool log = true)
    {
        // Its output goes to a file by way of a shell that the server replaces: a pipe would stall once nobody reads it.
        var start = log
            ? new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$@\" >>\"$MAYDON_LOG\" 2>&1 </dev/null", "sh", Executable, .. arguments])
            : new ProcessStartInfo("dotnet", [Executable, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.UseShellExecute = false;
        start.WorkingDirectory = directory;
        foreach (var inherited in start.Environment.Keys.Except(["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "LANG"]).ToList())
            start.Environment.Remove(inherited);
        start.Environment["MAYDON_LOG"] = _log;
        start.Environment["PORT"] = Port.ToString();
        start.Environment["PUBLIC_URL"] = Address.ToString();
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        if (clockOffset is { } offset)
            start.Environment["MAYDON_CLOCK_OFFSET"] = offset.ToString();
        return Process.Start(start)!;
    }

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "maydon.dll");

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await _probe.GetAsync(new Uri(Address, "/health/"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -s {signal} {_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The processes, of whatever program, that were started for the data of this node.</summary>
    public IReadOnlyList<int> FindProcesses() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Where(IsOfThisNode).Select(name => int.Parse(name!))];

    public async Task WaitForNoProcessAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (FindProcesses().Count > 0 && deadline.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(20);
    }

    /// <summary>As the embedded database's own file has it.</summary>
    public int ReadPostmasterId() => int.Parse(File.ReadLines(Path.Combine(DataDir, "postgres", "cluster", "postmaster.pid")).First());

    public async Task<string?> ReadHealthAsync()
    {
        using var document = JsonDocument.Parse(await _probe.GetStringAsync(new Uri(Address, "/health/detailed/")));
        return document.RootElement.GetProperty("status").GetString();
    }

    public async Task<string> ReadLogAsync() =>
        File.Exists(_log) ? string.Join('\n', (await File.ReadAllLinesAsync(_log)).TakeLast(30)) : "it wrote nothing";

    private bool IsOfThisNode(string? process)
    {
        try
        {
            // PostgreSQL's own processes change their command line and work in their directory.
            return File.ReadAllText($"/proc/{process}/cmdline").Contains(DataDir, StringComparison.Ordinal)
                || new DirectoryInfo($"/proc/{process}/cwd").LinkTarget?.StartsWith(DataDir, StringComparison.Ordinal) is true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
