using System.Globalization;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Codes;

/// <summary>Mails a code that is still good to an account that can still use it, in its language.</summary>
internal sealed class SendCodeMail(IdentityDb db, OneTimeCodes codes, DerivedKeys keys, IMailSender sender, MaydonSettings settings) : IOutboxHandler
{
    public async Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (CodeMail.Open(keys, delivery) is not { } mail)
            return OutboxOutcome.Skipped("sealed under another SECRET_KEY");
        if (!await codes.IsLiveAsync(long.Parse(delivery.Subject, NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken))
            return OutboxOutcome.Skipped("the code was used, replaced, burnt or has expired");
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == mail.Recipient, cancellationToken);
        if (user is null or { IsActive: false })
            return OutboxOutcome.Skipped("no active account");
        if (mail.Purpose == CodePurpose.VerifyEmail && user.EmailVerified)
            return OutboxOutcome.Skipped("verified already");

        await sender.SendAsync(Write(delivery, mail, new CultureInfo(user.Language)), cancellationToken);
        return OutboxOutcome.Sent;
    }

    private OutgoingMail Write(OutboxDelivery delivery, CodeMail mail, CultureInfo language)
    {
        var subject = Messages.Text(language, $"code_mail_subject_{mail.Purpose}");
        var document = new MailDocument(language, settings.PublicUrl, subject)
            .Paragraph(Messages.Text(language, $"code_mail_purpose_{mail.Purpose}"))
            .Code(mail.Code)
            .Paragraph(Messages.Text(language, "code_mail_limits", (int)Math.Ceiling(settings.OtpExpiry.TotalMinutes), settings.OtpMaxAttempts))
            .Note(Messages.Text(language, "code_mail_unasked"));
        return delivery.ToMail(mail.Recipient, subject, document.ToText(), document.ToHtml());
    }
}
