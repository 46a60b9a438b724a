using System.Text;

namespace Maydon.Kernel.Mail;

/// <summary>Prints the mail, as it would go out, for people who try things out.</summary>
internal sealed class ConsoleMailSender(MailComposer composer) : IMailSender
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var message = composer.Compose(mail);
        var content = Encoding.UTF8.GetString(await EmlWriter.WriteAsync(message, Path.GetTempPath(), cancellationToken));
        await Console.Out.WriteLineAsync(content.AsMemory(), cancellationToken);
    }
}
