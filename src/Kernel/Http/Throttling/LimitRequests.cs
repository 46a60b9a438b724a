using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Throttling;

/// <summary>So many requests per signed-in user, or per address of who is nobody; the catalogue's API has limits of its own.</summary>
internal sealed class LimitRequests(RequestDelegate next, ThrottleCounters counters, MaydonSettings settings)
{
    private static readonly PathString s_catalogue = new("/api/v1");

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (HealthPaths.Contain(path))
            return next(context);
        var limits = settings.Throttles;
        var catalogue = path.StartsWithSegments(s_catalogue, StringComparison.OrdinalIgnoreCase);
        var wait = CurrentUser.IdOf(context.User) is { } user
            ? Hit(catalogue ? "user-catalogue" : "user", (ulong)user, catalogue ? limits.User : limits.UserDefault)
            : Hit(catalogue ? "anonymous-catalogue" : "anonymous", Whereabouts(context.Connection.RemoteIpAddress), catalogue ? limits.Anon : limits.AnonDefault);
        return wait is { } time ? Problem.Throttled(time).ExecuteAsync(context) : next(context);
    }

    private TimeSpan? Hit(string scope, UInt128 key, Rate? rate) => rate is null ? null : counters.Hit(scope, key, rate);

    /// <summary>An IPv6 customer has a whole /64 and would otherwise be as many people as they like.</summary>
    private static UInt128 Whereabouts(IPAddress? address)
    {
        if (address is null)
            return 0;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            address.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
        }
        else
        {
            // Where ::ffff:0:0/96 has it, so that no IPv6 network is counted with it.
            bytes[10] = bytes[11] = 0xff;
            address.TryWriteBytes(bytes[12..], out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
