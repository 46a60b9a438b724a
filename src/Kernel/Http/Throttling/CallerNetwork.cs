using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Maydon.Kernel.Http;

/// <summary>Who counts as one caller: an IPv4 address, or an IPv6 network, as a customer has a whole /64 and would otherwise be as many people as they like.</summary>
public static class CallerNetwork
{
    public static UInt128 Of(IPAddress? address)
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
