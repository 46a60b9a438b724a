using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Mail;

/// <summary>Makes the MIME message that every backend sends: text first, HTML with its inline images as the alternative, attachments last.</summary>
internal sealed class MailComposer(MaydonSettings settings)
{
    /// <summary>RFC 5321 allows 1,000 octets a line; what is longer travels as base64.</summary>
    private const int LongestLine = 990;

    private readonly MailAddress _from = new(settings.Mail.From);

    /// <exception cref="PermanentDeliveryException">The recipient's address is none.</exception>
    public MailMessage Compose(OutgoingMail mail)
    {
        // .NET reads "a@x, b@y" as the address b@y of somebody called "a@x,".
        if (!MailAddress.TryCreate(mail.To, out var to) || to.Address != mail.To)
            throw new PermanentDeliveryException("The recipient's address is not a mail address.");
        var message = new MailMessage
        {
            From = _from,
            Subject = OneLine(mail.Subject),
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(to);
        message.Headers["Message-ID"] = $"<{mail.Key}@{settings.PublicUrl.IdnHost}>";
        // RFC 3834: no out-of-office answers to a machine.
        message.Headers["Auto-Submitted"] = "auto-generated";
        message.AlternateViews.Add(ToView(mail.Text, MediaTypeNames.Text.Plain));
        if (mail.Html is not null)
        {
            var html = ToView(mail.Html, MediaTypeNames.Text.Html);
            foreach (var image in mail.Attachments.Where(attachment => attachment.ContentId is not null))
                html.LinkedResources.Add(ToInline(image));
            message.AlternateViews.Add(html);
        }

        foreach (var attachment in mail.Attachments.Where(attachment => attachment.ContentId is null))
            message.Attachments.Add(ToAttachment(attachment));
        return message;
    }

    /// <summary>Titles and names come from people: no line break may begin another header.</summary>
    private static string OneLine(string text) =>
        string.Join(' ', string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static AlternateView ToView(string text, string mediaType)
    {
        var content = text.ReplaceLineEndings("\r\n");
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, mediaType);
        // Not quoted-printable: .NET writes its line breaks as =0D=0A and may break a code in two. Every mail server takes 8-bit text.
        view.TransferEncoding = content.Split('\n').All(line => Encoding.UTF8.GetByteCount(line) <= LongestLine) ? TransferEncoding.EightBit : TransferEncoding.Base64;
        return view;
    }

    private static LinkedResource ToInline(MailAttachment image) => new(new MemoryStream(image.Content), new ContentType(image.ContentType) { Name = image.FileName })
    {
        ContentId = image.ContentId,
        TransferEncoding = TransferEncoding.Base64,
    };

    private static Attachment ToAttachment(MailAttachment attachment)
    {
        var part = new Attachment(new MemoryStream(attachment.Content), new ContentType(attachment.ContentType) { Name = attachment.FileName }) { TransferEncoding = TransferEncoding.Base64 };
        part.ContentDisposition!.FileName = attachment.FileName;
        return part;
    }
}
