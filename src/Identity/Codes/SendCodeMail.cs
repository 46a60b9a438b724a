using System.Globalization;
using System.Net;
using Maydon.Identity.Accounts;
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
        var minutes = (int)Math.Ceiling(settings.OtpExpiry.TotalMinutes);
        var subject = Messages.Text(language, $"code_mail_subject_{mail.Purpose}");
        var purpose = Messages.Text(language, $"code_mail_purpose_{mail.Purpose}");
        var limits = Messages.Text(language, "code_mail_limits", minutes, settings.OtpMaxAttempts);
        var unasked = Messages.Text(language, "code_mail_unasked");
        var html = $"""
            <!doctype html>
            <html lang="{language.Name}"><head><meta charset="utf-8"><title>{Encode(subject)}</title></head>
            <body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#1f2933">
            <p>{Encode(purpose)}</p>
            <p style="font-size:32px;font-weight:bold;letter-spacing:6px">{mail.Code}</p>
            <p>{Encode(limits)}</p>
            <p style="color:#52606d">{Encode(unasked)}</p>
            </body></html>
            """;
        return delivery.ToMail(mail.Recipient, subject, $"{purpose}\n\n{mail.Code}\n\n{limits}\n\n{unasked}\n", html);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
