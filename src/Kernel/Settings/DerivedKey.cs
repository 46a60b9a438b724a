using System.Security.Cryptography;
using System.Text;

namespace Maydon.Kernel.Settings;

/// <summary>A key of its own for every purpose, derived from <c>SECRET_KEY</c>, so that what one leaks says nothing about the others.</summary>
public static class DerivedKey
{
    /// <summary>32 bytes, the same on every node and after every start.</summary>
    /// <param name="module">Such as <c>maydon.identity</c>.</param>
    public static byte[] Of(MaydonSettings settings, string module, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), 32, Encoding.UTF8.GetBytes(module), Encoding.UTF8.GetBytes(purpose));
}
