using System.Security.Cryptography;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Mail;

/// <summary>Proves the mail settings: sends one mail at once, past the outbox, so that the person at the command line sees what goes wrong.</summary>
public sealed class SendTestMail(IMailSender sender, MaydonSettings settings, TimeProvider clock)
{
    /// <summary>Throws what the backend throws.</summary>
    public Task RunAsync(string address, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var text = $"""
            This is a test mail of {settings.PublicUrl}.

            Sent at {now:yyyy-MM-dd HH:mm:ss} UTC through the backend "{settings.Mail.Backend}". If you can read it, mail works.
            """;
        var key = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}-test-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return sender.SendAsync(new OutgoingMail(address, "Maydon: test mail", text, Html: null, key, []), cancellationToken);
    }
}
