using System.Globalization;
using Maydon.Events.Organising;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;

namespace Maydon.Events.Mails;

/// <summary>Writes the mails about a registration, in the person's language.</summary>
internal sealed class EventMailComposer(MaydonSettings settings)
{
    private const string QrContentId = "ticket";

    public OutgoingMail Compose(OutboxDelivery delivery, EventMailFacts facts)
    {
        var (registration, found, person, _) = facts;
        var language = Messages.CultureOf(person.Language);
        var key = delivery.Kind.Replace("events.", "mail_", StringComparison.Ordinal);
        string Say(string suffix, params object?[] arguments) => Messages.Text(language, suffix, arguments);

        var document = new MailDocument(language, settings.PublicUrl, Say($"{key}_title"));
        document.Paragraph(person.FullName.Length > 0 ? Say("mail_greeting", person.FullName) : Say("mail_greeting_nameless"));
        document.Paragraph(Say($"{key}_text", found.Title));
        var before = delivery.Kind == EventMailKinds.Changed ? delivery.Payload<EventChangedPayload>().Before : null;
        var hasTicket = delivery.Kind is EventMailKinds.Confirmation or EventMailKinds.Reminder;
        // The link is for registered people only.
        var isStillOn = delivery.Kind is not (EventMailKinds.Cancellation or EventMailKinds.EventCancelled);
        var joinUrl = isStillOn ? found.JoinUrl : null;
        var ticketCode = hasTicket ? registration.TicketCode : null;
        // The link stands there once: on the button, or, if it changed, beside what it was.
        var hasNewLink = found.Location is null && before?.JoinUrl is { } old && old != joinUrl;
        if (!hasNewLink && FindLink(joinUrl) is { } link)
            document.Facts(ListFacts(language, found, joinUrl: null, before is null ? null : before with { JoinUrl = null }, ticketCode)).Button(Say("mail_join"), link);
        else
            document.Facts(ListFacts(language, found, joinUrl, before, ticketCode));

        var attachments = new List<MailAttachment>();
        if (hasTicket)
        {
            var image = TicketQrCode.Draw(registration.TicketCode);
            document.Image(QrContentId, Say("mail_ticket_image"), size: 200);
            document.Note(Say(found.EventType == EventType.Offline ? "mail_ticket_note_offline" : "mail_ticket_note_online"));
            attachments.Add(new MailAttachment("ticket.png", "image/png", image, QrContentId));
            // Once more as a file: who reads the text part never sees the inline image, and a file is easy to print.
            attachments.Add(new MailAttachment("ticket.png", "image/png", image));
        }

        if (delivery.Kind is EventMailKinds.Confirmation or EventMailKinds.Changed)
            document.Note(Say("mail_calendar_note"));
        if (isStillOn)
            document.Note(Say("mail_cannot_come_note"));
        if (delivery.Kind is not (EventMailKinds.ThankYou or EventMailKinds.Reminder))
            attachments.Add(DrawUpCalendar(delivery, facts, joinUrl, isCancelled: !isStillOn));
        return delivery.ToMail(person.Email!, Say($"{key}_subject", found.Title), document.ToText(), document.ToHtml(), attachments);
    }

    private static IEnumerable<MailFact> ListFacts(CultureInfo language, Event found, string? joinUrl, EventPlan? before, string? ticketCode)
    {
        yield return new MailFact(Messages.Text(language, "mail_fact_event"), found.Title);
        string When(DateTimeOffset startsAt, DateTimeOffset endsAt) => EventTimes.TellWithoutZone(language, startsAt, endsAt);
        var wasWhen = Unless(When(found.StartsAt, found.EndsAt), before is null ? null : When(before.StartsAt, before.EndsAt));
        yield return new MailFact(Messages.Text(language, "mail_fact_when"), EventTimes.Tell(language, found.StartsAt, found.EndsAt), wasWhen);
        string Where(string? location, string? link) => location ?? link ?? Messages.Text(language, "mail_online");
        var where = Where(found.Location, joinUrl);
        yield return new MailFact(Messages.Text(language, "mail_fact_where"), where, Unless(where, before is null ? null : Where(before.Location, before.JoinUrl)), found.Location is null ? FindLink(joinUrl) : null);
        if (ticketCode is not null)
            yield return new MailFact(Messages.Text(language, "mail_fact_ticket"), ticketCode);
    }

    private static string? Unless(string now, string? before) => before == now ? null : before;

    private MailAttachment DrawUpCalendar(OutboxDelivery delivery, EventMailFacts facts, string? joinUrl, bool isCancelled)
    {
        var (registration, found, person, organiser) = facts;
        var language = Messages.CultureOf(person.Language);
        var details = isCancelled ? null : Messages.Text(language, "mail_calendar_details", registration.TicketCode);
        var entry = new CalendarEntry
        {
            Uid = $"event-{found.Id}@{settings.PublicUrl.IdnHost}",
            // Every later notice about the event must replace the earlier ones in the person's calendar, also after leaving and coming back.
            Sequence = (int)Math.Clamp((delivery.DueAt - found.CreatedAt).TotalSeconds, 0, int.MaxValue),
            Stamp = delivery.DueAt,
            StartsAt = found.StartsAt,
            EndsAt = found.EndsAt,
            Summary = found.Title,
            Location = found.Location ?? joinUrl,
            Link = FindLink(joinUrl),
            Description = details,
            OrganiserName = organiser is { FullName.Length: > 0 } ? organiser.FullName : "Maydon",
            OrganiserEmail = organiser?.Email ?? new System.Net.Mail.MailAddress(settings.Mail.From).Address,
            IsCancelled = isCancelled,
        };
        return new MailAttachment("event.ics", $"text/calendar; charset=utf-8; method={entry.Method}", entry.ToBytes());
    }

    /// <summary>What an organiser typed becomes something to press only if it is a web address.</summary>
    private static Uri? FindLink(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;
}
