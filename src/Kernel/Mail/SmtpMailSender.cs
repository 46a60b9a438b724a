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
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var message = composer.Compose(mail);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_timeout);
        using var client = new SmtpClient(settings.Mail.Host, settings.Mail.Port) { EnableSsl = settings.Mail.UseTls };
        if (settings.Mail.User is { } user)
            client.Credentials = new NetworkCredential(user, settings.Mail.Password);
        try
        {
            await client.SendMailAsync(message, timeout.Token);
        }
        catch (SmtpFailedRecipientException e) when ((int)e.StatusCode >= 500)
        {
            throw new PermanentDeliveryException($"The mail server refused the recipient: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server did not finish within {s_timeout.TotalSeconds} s.", e);
        }
    }
}
