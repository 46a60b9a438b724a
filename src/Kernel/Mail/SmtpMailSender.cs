using System.Net;
using System.Net.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Mail;

/// <summary>
/// Hands mails to an SMTP server. With TLS on (the default) nothing, and above all no password, is sent before STARTTLS has succeeded
/// with a certificate that the system trusts for that name.
/// </summary>
internal sealed class SmtpMailSender(MaydonSettings settings, MailComposer composer) : IMailSender
{
    /// <summary>For one mail, from the connection to the last word.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var message = composer.Compose(mail);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var client = new SmtpClient(settings.Mail.Host, settings.Mail.Port) { EnableSsl = settings.Mail.UseTls };
        if (settings.Mail.User is { } user)
            client.Credentials = new NetworkCredential(user, settings.Mail.Password);
        try
        {
            await client.SendMailAsync(message, timeout.Token);
        }
        catch (SmtpException e) when (FindRefusal(e) is { } refusal)
        {
            throw new PermanentDeliveryException($"The mail server refused the mail: {refusal.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server did not finish within {Timeout.TotalSeconds} s.", e);
        }
    }

    /// <summary>
    /// 550 to 554 say that this mail is refused for good. Every other failure may pass: a busy server, and a sign-in (53x) that the
    /// operator will mend.
    /// </summary>
    private static SmtpException? FindRefusal(SmtpException failure) => (int)failure.StatusCode is >= 550 and <= 554
        ? failure
        : failure.InnerException is SmtpException inner ? FindRefusal(inner) : null;
}
