using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Maydon.Tests.Support.OutboundCalls))]

namespace Maydon.Tests.Support;

/// <summary>
/// Sees every name that is looked up and every socket that is connected in this process, whoever does it, and fails the run when one
/// of them leaves the machine: what a test needs from outside is a double on loopback.
/// </summary>
public sealed class OutboundCalls : EventListener
{
    /// <summary>The one call that is made on purpose, to a network that is reserved for documentation.</summary>
    public static readonly IPAddress Deliberate = IPAddress.Parse("192.0.2.77");

    private readonly ConcurrentQueue<string> _seen = new();

    public IReadOnlyCollection<string> Seen => _seen;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name is "System.Net.NameResolution" or "System.Net.Sockets")
            EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var target = (eventData.EventSource.Name, eventData.EventName, eventData.Payload) switch
        {
            ("System.Net.NameResolution", "ResolutionStart", [string name, ..]) => name,
            ("System.Net.Sockets", "ConnectStart", [string address, ..]) => Parse(address),
            _ => null,
        };
        if (target is not null && !StaysHere(target))
            _seen.Enqueue($"{target}, called by {TestContext.Current.Test?.TestDisplayName ?? "something in the background"}:\n{Environment.StackTrace}");
    }

    public override void Dispose()
    {
        base.Dispose();
        var stray = _seen.Where(call => !call.StartsWith($"{Deliberate},", StringComparison.Ordinal)).ToList();
        if (stray.Count > 0)
            throw new InvalidOperationException($"The tests called out {stray.Count} times: {string.Join("\n\n", stray.Take(5))}");
    }

    private static bool StaysHere(string target) =>
        target is "localhost" || (IPAddress.TryParse(target, out var address) && IPAddress.IsLoopback(address));

    /// <summary>From the form of <see cref="SocketAddress.ToString"/>: <c>InterNetwork:16:{31,144,127,0,0,1,…}</c>, the port first. Null for a unix socket.</summary>
    private static string? Parse(string address)
    {
        if (address.StartsWith(nameof(AddressFamily.Unix), StringComparison.Ordinal))
            return null;
        byte[] bytes = [.. address.Split('{', '}')[1].Split(',').Select(byte.Parse)];
        return address.StartsWith($"{nameof(AddressFamily.InterNetworkV6)}:", StringComparison.Ordinal)
            ? new IPAddress(bytes[6..22]) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : new IPAddress(bytes[6..22]).ToString()
            : new IPAddress(bytes[2..6]).ToString();
    }
}
