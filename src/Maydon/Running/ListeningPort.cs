using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Maydon.Running;

/// <summary>Where the server listens. A machine where things are tried out shows nothing to its network; production stands behind a proxy, maybe on another host.</summary>
internal static class ListeningPort
{
    public static void Open(KestrelServerOptions kestrel, MaydonSettings settings)
    {
        if (settings.Debug)
            kestrel.ListenLocalhost(settings.Port);
        else
            kestrel.ListenAnyIP(settings.Port);
    }

    public static string Describe(MaydonSettings settings) => string.Create(CultureInfo.InvariantCulture,
        $"port {settings.Port}, {(settings.Debug ? "reachable from this machine only (DEBUG=True)" : "all addresses of this machine")}");

    /// <summary>Asked before anything is started, so that a refused start has touched nothing.</summary>
    public static void CheckFree(MaydonSettings settings)
    {
        using var probe = new TcpListener(settings.Debug ? IPAddress.Loopback : IPAddress.Any, settings.Port);
        try
        {
            probe.Start();
        }
        catch (SocketException e)
        {
            throw Refused(settings, e);
        }
    }

    /// <summary>Starts the server; whoever took the port since <see cref="CheckFree"/> is told of too.</summary>
    public static async Task StartAsync(WebApplication app, MaydonSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw Refused(settings, new SocketException((int)SocketError.AddressAlreadyInUse));
        }
    }

    private static OperatorException Refused(MaydonSettings settings, SocketException e) => new(
        e.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? string.Create(CultureInfo.InvariantCulture, $"Port {settings.Port} is in use by another program: stop that, or set PORT to a free one.")
            : string.Create(CultureInfo.InvariantCulture, $"Port {settings.Port} cannot be opened ({e.Message}): set PORT to one above 1023, or start as a user who may open it."), e);
}
