using System.Net;
using System.Net.Sockets;

namespace Maydon.Catalog.Webhooks;

/// <summary>
/// Where deliveries may go. ERPs live in private networks, so those are open, also without TLS. Closed is what answers every program of a machine with the
/// machine's own secrets: link-local addresses and the others at which clouds keep their metadata.
/// </summary>
internal static class ReceiverAddress
{
    public const int MostLetters = 2_000;

    private static readonly IPNetwork[] s_closed =
    [
        // Link-local, metadata of AWS, Azure and Google among it; Alibaba, Oracle; by IPv6 AWS (its clock, names and credentials beside it), Google, Scaleway, Oracle and Linode.
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("192.0.0.192/32"),
        IPNetwork.Parse("fd00:ec2::/32"), IPNetwork.Parse("fd20:ce::254/128"), IPNetwork.Parse("fd00:42::42/128"), IPNetwork.Parse("fd00:c1::a9fe:a9fe/128"), IPNetwork.Parse("fd00:a9fe:a9fe::1/128"),
        // Nobody's, everybody's, and what leads to any IPv4 address by another name.
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("::/128"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"), IPNetwork.Parse("ff00::/8"),
        IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("2001::/32"),
    ];

    private static readonly IPNetwork[] s_private =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>The message that says what is wrong with it, or null. What its name leads to is seen when it is called.</summary>
    public static string? Fault(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.IdnHost.Length == 0 || url.Port == 0)
            return "webhook_url_invalid";
        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return "webhook_url_parts";
        return IPAddress.TryParse(url.IdnHost, out var address) ? Fault(address, url.Scheme) : null;
    }

    /// <summary>The same of an address about to be called.</summary>
    public static string? Fault(IPAddress address, string scheme)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IsIn(s_closed, plain))
            return "webhook_address_closed";
        return scheme == Uri.UriSchemeHttps || IsIn(s_private, plain) ? null : "webhook_url_plain";
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        // A scope is no part of the address.
        var bare = address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
        return Array.Exists(networks, network => network.Contains(bare));
    }
}
