using System.Net;
using System.Net.Sockets;
using Maydon.Tests.Support;

namespace Maydon.Tests.Architecture;

public sealed class OutboundCallTest
{
    [Fact]
    public async Task A_call_that_leaves_the_machine_is_seen()
    {
        using var guard = new OutboundCalls();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<Exception>(async () => await socket.ConnectAsync(OutboundCalls.Deliberate, 80, patience.Token));

        Assert.Contains(guard.Seen, call => call.StartsWith($"{OutboundCalls.Deliberate}, called by {TestContext.Current.Test!.TestDisplayName}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_double_on_loopback_may_be_called()
    {
        using var guard = new OutboundCalls();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient(AddressFamily.InterNetworkV6) { Client = { DualMode = true } };

        await client.ConnectAsync("localhost", ((IPEndPoint)listener.LocalEndpoint).Port);

        Assert.DoesNotContain(guard.Seen, call => !call.StartsWith($"{OutboundCalls.Deliberate},", StringComparison.Ordinal));
    }
}
