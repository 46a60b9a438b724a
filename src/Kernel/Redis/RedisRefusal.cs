using System.Net.Sockets;
using System.Text;

namespace Maydon.Kernel.Redis;

/// <summary>
/// Why Redis lets nobody in: the client library only says that there is no connection. Asked over a connection of its own.
/// </summary>
internal static class RedisRefusal
{
    /// <summary>A sentence without the password; null when Redis lets us in, or does not answer.</summary>
    public static async Task<string?> FindAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(RedisAddress.HostOf(address), RedisAddress.PortOf(address), cancellationToken);
            var stream = socket.GetStream();
            using var answers = new StreamReader(stream, Encoding.UTF8);
            string[][] commands = RedisAddress.PasswordOf(address) is { } password ? [["AUTH", password], ["PING"]] : [["PING"]];
            foreach (var command in commands)
            {
                await stream.WriteAsync(Encode(command), cancellationToken);
                if (await answers.ReadLineAsync(cancellationToken) is ['-', .. var words])
                    return Tell(words.Split(' ')[0]);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // That it does not answer is what is known already.
        }

        return null;
    }

    private static byte[] Encode(string[] words) =>
        Encoding.UTF8.GetBytes($"*{words.Length}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");

    private static string Tell(string word) => word switch
    {
        "WRONGPASS" => "Redis refuses the password of REDIS_URL (WRONGPASS)",
        "NOAUTH" => "Redis asks for a password, and REDIS_URL has none (NOAUTH)",
        _ => $"Redis refuses to be used ({word})",
    };
}
