using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Maydon.Kernel.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(Maydon.Tests.Support.RedisServer))]

namespace Maydon.Tests.Support;

/// <summary>
/// A private redis-server on loopback: one for the whole run, started when the first test wants it, with a database for each that asks. A test
/// that stops it makes one of its own.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "maydon-redis-" + Path.GetRandomFileName());
    private readonly SemaphoreSlim _starting = new(1);
    private readonly List<string> _arguments = [];
    private Process? _process;
    private ConnectionMultiplexer? _own;
    private int _port;
    private int _databases;

    /// <param name="arguments">Of the redis-server, such as <c>--appendonly yes</c>.</param>
    public static RedisServer With(params string[] arguments)
    {
        var server = new RedisServer();
        server._arguments.AddRange(arguments);
        return server;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The address of a database of its own.</summary>
    public async Task<Uri> AddressAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_process is null)
                await StartAsync();
            return new Uri($"redis://127.0.0.1:{_port}/{++_databases}");
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Again on the same port, with what it had written to its disk.</summary>
    public async Task StartAsync()
    {
        Directory.CreateDirectory(_directory);
        for (var attempt = 0; ; attempt++)
        {
            if (_port == 0)
                _port = FindFreePort();
            _process = Process.Start(new ProcessStartInfo("redis-server",
                ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--databases", "512", "--logfile", Path.Combine(_directory, "log"), .. _arguments]) { UseShellExecute = false })!;
            var since = Stopwatch.GetTimestamp();
            while (!_process.HasExited && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20))
            {
                if (await AnswersAsync())
                    return;
                await Task.Delay(20);
            }

            if (attempt == 3 || !_process.HasExited)
                throw new InvalidOperationException($"redis-server did not start: {await File.ReadAllTextAsync(Path.Combine(_directory, "log"))}");
            // Somebody else has taken the port meanwhile.
            _port = 0;
        }
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>It no longer answers, but its connections stay.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Lets what is kept for a time in this database have that much less of it left, as if it had passed.</summary>
    public Task AdvanceAsync(Uri address, TimeSpan by) => RunAsync(
        address,
        """
        for _, key in ipairs(redis.call('KEYS', '*')) do
            local left = redis.call('PTTL', key)
            if left > 0 then redis.call('PEXPIRE', key, math.max(0, left - tonumber(ARGV[1]))) end
        end
        """,
        (long)by.TotalMilliseconds);

    public async Task<RedisResult> RunAsync(Uri address, string script, params RedisValue[] values)
    {
        _own ??= await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port},abortConnect=false,allowAdmin=true");
        return await _own.GetDatabase(int.Parse(address.AbsolutePath.AsSpan(1))).ScriptEvaluateAsync(script, [], values);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.CloseAsync();
        if (_process is null)
            return;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            await socket.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[7];
            await socket.GetStream().ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8) || answer.AsSpan().SequenceEqual("-NOAUTH"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -s {signal} {_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static int FindFreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}

/// <summary>A server that shares its state in a Redis database of its own, as several nodes do.</summary>
public sealed class RedisBackedServer(TestPostgres postgres, RedisServer redis) : IAsyncLifetime
{
    private Uri? _address;

    public TestServer Server { get; } = new(postgres);
    public RedisServer Redis => redis;
    public Uri Address => _address!;

    public async ValueTask InitializeAsync()
    {
        _address = await redis.AddressAsync();
        await Server.StartAsync(settings => settings with { RedisUrl = _address }, WaitForRedis);
    }

    /// <summary>A machine that runs every test at once is no reason to do without it: what nodes know of each other would then come a moment later.</summary>
    public static void WaitForRedis(WebApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton(new RedisPatience(TimeSpan.FromSeconds(30))));

    /// <summary>Time passes for the server and for Redis.</summary>
    public Task AdvanceAsync(TimeSpan by)
    {
        Server.Clock.Advance(by);
        return redis.AdvanceAsync(_address!, by);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
