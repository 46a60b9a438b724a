using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Maydon.Kernel.Signals;
using Maydon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Maydon.Tests.Kernel;

/// <summary>Signals over a network that goes quiet without a word, as a router that was switched off does.</summary>
public sealed class SignalsTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_connection_that_is_dead_without_saying_so_is_noticed_and_replaced()
    {
        await using var network = new Network(server.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(network.ConnectionString);
        using var signals = new ClusterSignals(source, NullLogger<ClusterSignals>.Instance, TimeProvider.System) { Quiet = TimeSpan.FromMilliseconds(300) };
        var caughtUp = Channel.CreateUnbounded<bool>();
        var heard = Channel.CreateUnbounded<string>();
        signals.Subscribe("probe", payload => heard.Writer.TryWrite(payload), _ => caughtUp.Writer.WriteAsync(true, CancellationToken.None).AsTask());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await signals.StartAsync(CancellationToken.None);
        await caughtUp.Reader.ReadAsync(patience.Token);

        // While it is quiet it is asked again and again, and goes on hearing.
        await Task.Delay(TimeSpan.FromSeconds(1), patience.Token);
        await SayAsync("one");
        Assert.Equal("one", await heard.Reader.ReadAsync(patience.Token));
        Assert.False(caughtUp.Reader.TryRead(out _));

        network.LoseWhatIsOpen();
        await SayAsync("lost");
        await caughtUp.Reader.ReadAsync(patience.Token);
        await SayAsync("two");
        Assert.Equal("two", await heard.Reader.ReadAsync(patience.Token));
        await signals.StopAsync(CancellationToken.None);
    }

    private async Task SayAsync(string payload)
    {
        await using var connection = await server.Database.OpenConnectionAsync();
        await ClusterSignals.SendAsync(connection, "probe", payload, CancellationToken.None);
    }

    /// <summary>Passes on what comes to the database and back, until it swallows it.</summary>
    private sealed class Network : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly UnixDomainSocketEndPoint _database;
        private readonly Task _accepting;
        private volatile Lines _open = new();

        public Network(string database)
        {
            var direct = new NpgsqlConnectionStringBuilder(database);
            _database = new UnixDomainSocketEndPoint($"{direct.Host}/.s.PGSQL.{direct.Port}");
            _listener.Start();
            ConnectionString = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port, SslMode = SslMode.Disable }.ConnectionString;
            _accepting = AcceptAsync();
        }

        public string ConnectionString { get; }

        public void LoseWhatIsOpen()
        {
            _open.IsLost = true;
            _open = new Lines();
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            _listener.Stop();
            await _accepting;
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            var pumps = new List<Task>();
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptSocketAsync(_end.Token);
                    var database = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await database.ConnectAsync(_database, _end.Token);
                    pumps.Add(PumpAsync(client, database, _open));
                    pumps.Add(PumpAsync(database, client, _open));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(pumps);
            }
        }

        private async Task PumpAsync(Socket from, Socket to, Lines open)
        {
            var buffer = new byte[4096];
            try
            {
                int read;
                while ((read = await from.ReceiveAsync(buffer, _end.Token)) > 0)
                {
                    if (!open.IsLost)
                        await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }

            // Nobody is told that a lost connection has ended either.
            if (!open.IsLost || _end.IsCancellationRequested)
            {
                from.Dispose();
                to.Dispose();
            }
        }

        private sealed class Lines
        {
            public volatile bool IsLost;
        }
    }
}
