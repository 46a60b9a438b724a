namespace Maydon.Kernel.Mail;

/// <summary>
/// A mail as text and, when given, HTML. <paramref name="Key"/> is the same on every attempt, so that a repeat can be told: it makes the
/// Message-ID and the name of the file. In the outbox, take <c>OutboxDelivery.ToMail</c>.
/// </summary>
public sealed record OutgoingMail(string To, string Subject, string Text, string? Html, string Key, IReadOnlyList<MailAttachment> Attachments);

/// <param name="ContentId">Set for what the HTML shows inline as <c>cid:…</c>.</param>
public sealed record MailAttachment(string FileName, string ContentType, byte[] Content, string? ContentId = null);

/// <summary>Hands one mail to the world: a file, the console or an SMTP server. Throws when it could not.</summary>
public interface IMailSender
{
    Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}
