using System.Globalization;
using System.Text.Json;
using Maydon.Identity.Accounts;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;

namespace Maydon.Identity.Codes;

/// <summary>What a waiting code mail holds, to be seen by nobody who only has the database.</summary>
internal sealed record CodeMail(string Recipient, string Purpose, string Code)
{
    public const string Kind = "identity.code";

    /// <summary>Anybody can have such a row made, and no code lives longer than an hour.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    /// <summary>Urgent: somebody sits and waits for it.</summary>
    public static OutboxMessage Message(DerivedKeys keys, long codeId, Identifier recipient, string purpose, string code, DateTimeOffset now)
    {
        var subject = codeId.ToString(CultureInfo.InvariantCulture);
        var mail = JsonSerializer.SerializeToUtf8Bytes(new CodeMail(recipient.Value, purpose, code));
        return OutboxMessage.Create(Kind, subject, new SealedCodeMail(Sealing.Seal(keys.CodeMails, mail, subject)), now, OutboxPriority.Urgent);
    }

    /// <summary>Null when it was sealed under another <c>SECRET_KEY</c>: then the code is worth nothing either.</summary>
    public static CodeMail? Open(DerivedKeys keys, OutboxDelivery delivery) =>
        Sealing.Open(keys.CodeMails, delivery.Payload<SealedCodeMail>().Sealed, delivery.Subject) is { } mail ? JsonSerializer.Deserialize<CodeMail>(mail) : null;

    private sealed record SealedCodeMail(byte[] Sealed);
}
