using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace Maydon.Bench;

/// <summary>The server in a process of its own, throttles off, as the clients meet it.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private const string SecretKey = "a bench key that is long enough to be a real one: 0123456789";

    private readonly Process _process;
    private readonly string? _dataDir;

    private BenchServer(Process process, string url, string? dataDir) => (_process, Url, _dataDir) = (process, url, dataDir);

    public string Url { get; }
    public int ProcessId => _process.Id;

    public static Task<BenchServer> StartAsync(BenchDatabase database)
    {
        var dataDir = Directory.CreateTempSubdirectory("maydon-bench-data-").FullName;
        return StartAsync(dataDir, isTemporary: true, ("DATABASE_URL", database.Url));
    }

    /// <summary>With its own PostgreSQL, as people start it first. The data stay.</summary>
    public static Task<BenchServer> StartEmbeddedAsync(string dataDir) => StartAsync(dataDir, isTemporary: false);

    private static Task<BenchServer> StartAsync(string dataDir, bool isTemporary, params (string Name, string Value)[] settings)
    {
        var port = FindFreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "maydon.dll"), "serve", "--no-demo"])
        {
            WorkingDirectory = dataDir,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment =
            {
                ["PORT"] = $"{port}",
                ["SECRET_KEY"] = SecretKey,
                ["DEBUG"] = "True",
                ["DATA_DIR"] = dataDir,
                ["LOG_LEVEL"] = "Warning",
                ["THROTTLE_ANON"] = "off",
                ["THROTTLE_ANON_DEFAULT"] = "off",
                ["THROTTLE_USER"] = "off",
                ["THROTTLE_USER_DEFAULT"] = "off",
                ["THROTTLE_EVENTS"] = "off",
                ["THROTTLE_ORDERS"] = "off",
                ["THROTTLE_GUESTS"] = "off",
                ["THROTTLE_GUEST_KEYS"] = "off",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return StartAsync(start, port, isTemporary ? dataDir : null);
    }

    /// <summary>Kestrel alone, answering everything with so many bytes that never change: the most that any server on it can do.</summary>
    public static Task<BenchServer> StartConstantAsync(int size)
    {
        var port = FindFreePort();
        return StartAsync(new ProcessStartInfo("dotnet", [typeof(BenchServer).Assembly.Location, "constant", $"{port}", $"{size}"]), port, dataDir: null);
    }

    private static async Task<BenchServer> StartAsync(ProcessStartInfo start, int port, string? dataDir)
    {
        var server = new BenchServer(Process.Start(start)!, $"http://127.0.0.1:{port}", dataDir);
        if (start.RedirectStandardOutput)
            _ = server._process.StandardOutput.ReadToEndAsync();
        using var client = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(server.Url + "/health/"));
                return server;
            }
            catch (HttpRequestException) when (tries < 3000 && !server._process.HasExited)
            {
                await Task.Delay(10);
            }
        }
    }

    /// <summary>What the other child process does.</summary>
    public static async Task<int> ConstantAsync(int port, int size)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        var body = new byte[size];
        body.AsSpan().Fill((byte)'x');
        app.Run(context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
        });
        await app.RunAsync();
        return 0;
    }

    /// <summary>Access tokens as the server would have issued them, made here in advance.</summary>
    public static AccessTokens Tokens() => new(new DerivedKeys(Settings()), Settings(), TimeProvider.System);

    /// <summary>With the secret that this server signs with.</summary>
    public static MaydonSettings Settings() => new() { SecretKey = SecretKey, DataDir = Path.GetTempPath() };

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        using var kill = Process.Start("kill", $"{_process.Id}");
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_dataDir is not null)
            Directory.Delete(_dataDir, recursive: true);
    }
}
