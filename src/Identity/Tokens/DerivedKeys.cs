using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Settings;

namespace Maydon.Identity.Tokens;

/// <summary>A key of its own for every purpose, derived from <c>SECRET_KEY</c>, so that what one leaks says nothing about the others.</summary>
internal sealed class DerivedKeys(MaydonSettings settings)
{
    public byte[] TokenSigning { get; } = Derive(settings, "token signing");
    public byte[] CodeHashing { get; } = Derive(settings, "code hashing");
    public byte[] CodeMails { get; } = Derive(settings, "code mails");

    private static byte[] Derive(MaydonSettings settings, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.SecretKey), 32, "maydon.identity"u8.ToArray(), Encoding.UTF8.GetBytes(purpose));
}
