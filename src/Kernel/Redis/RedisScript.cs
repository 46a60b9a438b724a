using System.Security.Cryptography;
using System.Text;

namespace Maydon.Kernel.Redis;

/// <summary>A Lua script, which Redis runs as a whole and remembers by its hash.</summary>
public sealed class RedisScript(string text)
{
    public string Text { get; } = text;

#pragma warning disable CA5350 // the name that the protocol gives it, no secret
    internal byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
}

/// <summary>Redis is away, refuses or does not answer in time. Whether what was asked for has happened is not known.</summary>
public sealed class RedisUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
