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
    private static readonly MaydonSettings s_settings = new()
    {
        SecretKey = "a bench key that is long enough to be a real one: 0123456789",
        DataDir = Path.GetTempPath(),
        Debug = true,
        LogLevel = LogLevel.Warning,
        Throttles = new ThrottleSettings { Anon = null, AnonDefault = null, User = null, UserDefault = null },
    };

    private readonly Process _process;

    private BenchServer(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }
    public int ProcessId => _process.Id;

    public static Task<BenchServer> StartAsync(BenchDatabase database) => StartAsync("host", database.ConnectionString);

    /// <summary>Kestrel alone, answering everything with so many bytes that never change: the most that any server on it can do.</summary>
    public static Task<BenchServer> StartConstantAsync(int size) => StartAsync("constant", $"{size}");

    private static async Task<BenchServer> StartAsync(string what, string argument)
    {
        var port = FindFreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(BenchServer).Assembly.Location, what, $"{port}", argument]);
        var server = new BenchServer(Process.Start(start)!, $"http://127.0.0.1:{port}");
        using var client = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(server.Url));
                return server;
            }
            catch (HttpRequestException) when (tries < 300 && !server._process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>What the child process does.</summary>
    public static async Task<int> HostAsync(int port, string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Max Auto Prepare=100");
        await using var app = Build(source, builder => builder.WebHost.UseUrls($"http://127.0.0.1:{port}"));
        await app.Services.GetRequiredService<SchemaRunner>().ApplyAsync(CancellationToken.None);
        await app.RunAsync();
        return 0;
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
    public static AccessTokens Tokens(NpgsqlDataSource source) => Build(source, _ => { }).Services.GetRequiredService<AccessTokens>();

    private static WebApplication Build(NpgsqlDataSource source, Action<WebApplicationBuilder> customise) => MaydonServer.Build(s_settings, source, builder =>
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        customise(builder);
    });

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
    }
}
