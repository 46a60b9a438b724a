using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Maydon.Identity.Accounts;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Outbox;

namespace Maydon.Identity.Codes;

/// <summary>What a waiting code mail holds, to be seen by nobody who only has the database.</summary>
internal sealed record CodeMail(string Recipient, string Purpose, string Code)
{
    public const string Kind = "identity.code";

    /// <summary>Anybody can have such a row made, and no code lives longer than an hour.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Urgent: somebody sits and waits for it.</summary>
    public static OutboxMessage Message(DerivedKeys keys, long codeId, Identifier recipient, string purpose, string code, DateTimeOffset now)
    {
        var subject = codeId.ToString(CultureInfo.InvariantCulture);
        var sealedMail = new CodeMail(recipient.Value, purpose, code).Seal(keys, subject);
        return OutboxMessage.Create(Kind, subject, new SealedCodeMail(sealedMail), now, OutboxPriority.Urgent);
    }

    /// <summary>Null when it was sealed under another <c>SECRET_KEY</c>: then the code is worth nothing either.</summary>
    public static CodeMail? Open(DerivedKeys keys, OutboxDelivery delivery)
    {
        var bytes = delivery.Payload<SealedCodeMail>().Sealed;
        var plain = new byte[bytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(keys.CodeMails, TagSize);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(delivery.Subject));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return JsonSerializer.Deserialize<CodeMail>(plain);
    }

    /// <summary>Nonce, tag, text. Bound to <paramref name="subject"/>, so that one code's mail cannot be put in place of another's.</summary>
    private byte[] Seal(DerivedKeys keys, string subject)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(this);
        var bytes = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(keys.CodeMails, TagSize);
        aes.Encrypt(bytes.AsSpan(0, NonceSize), plain, bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(subject));
        return bytes;
    }

    private sealed record SealedCodeMail(byte[] Sealed);
}
