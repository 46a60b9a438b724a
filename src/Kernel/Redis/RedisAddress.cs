using System.Globalization;
using StackExchange.Redis;

namespace Maydon.Kernel.Redis;

/// <summary><c>redis://:password@host:6379/0</c>, and no more than the client library can do.</summary>
internal static class RedisAddress
{
    private const int UsualPort = 6379;

    /// <summary>What is wrong with it, as a sentence without the value, which may hold a password; null with the address when nothing is.</summary>
    public static string? Fault(string value, out Uri? address)
    {
        address = null;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0
            || url.Query.Length > 0 || url.Fragment.Length > 0 || DatabaseOf(url) is null)
            return "REDIS_URL cannot be understood: set it to redis://:password@host:6379/0, with the special characters of the password percent-encoded (@ is %40, : is %3A, / is %2F, # is %23, ? is %3F, % is %25).";
        if (url.Scheme == "rediss")
            return "REDIS_URL asks for TLS, which the client library does not do reliably: set it to redis:// in a private network, or to the local end of a tunnel such as stunnel.";
        if (url.UserInfo.Length > 0 && (url.UserInfo.Split(':') is not ["" or "default", { Length: > 0 }]))
            return "REDIS_URL names a user, which the client library cannot sign in as: give the password of the default user, redis://:password@host:6379/0.";
        address = url;
        return null;
    }

    public static bool HasPassword(Uri address) => address.UserInfo.Length > 0;

    /// <summary>Never gives up: without a server it goes on trying in the background.</summary>
    public static ConfigurationOptions ToOptions(Uri address)
    {
        var options = new ConfigurationOptions
        {
            ClientName = "maydon",
            AbortOnConnectFail = false,
            ConnectTimeout = 1_000,
            ConnectRetry = 1,
            KeepAlive = 10,
            Password = PasswordOf(address),
            DefaultDatabase = DatabaseOf(address),
        };
        options.EndPoints.Add(HostOf(address), PortOf(address));
        return options;
    }

    public static string HostOf(Uri address) => address.IdnHost.Trim('[', ']');

    public static int PortOf(Uri address) => address.Port > 0 ? address.Port : UsualPort;

    public static string? PasswordOf(Uri address) => HasPassword(address) ? Uri.UnescapeDataString(address.UserInfo.Split(':')[1]) : null;

    private static int? DatabaseOf(Uri address) =>
        address.AbsolutePath is "" or "/" ? 0
        : int.TryParse(address.AbsolutePath.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : null;
}
