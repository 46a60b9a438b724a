using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Mail;

/// <summary>
/// <c>DATA_DIR/mail/*.eml</c>, named after time and outbox row: the names sort by time, and a mail that is repeated after a crash
/// replaces itself. A reader sees whole files only.
/// </summary>
internal sealed class FileMailSender(MaydonSettings settings, MailComposer composer) : IMailSender
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(settings.DataDir, "mail");
        // Mails hold codes and tickets: they are nobody else's.
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var message = composer.Compose(mail);
        var content = await EmlWriter.WriteAsync(message, directory, cancellationToken);
        var making = Path.Combine(directory, $".making-{mail.Key}");
        // Not flushed to the disk: that would hold up the database's own commits. The file outlives a kill, not a power cut: this backend is
        // for trying things out, and the readiness check says so.
        await File.WriteAllBytesAsync(making, content, cancellationToken);
        File.Move(making, Path.Combine(directory, $"{mail.Key}.eml"), overwrite: true);
    }
}
