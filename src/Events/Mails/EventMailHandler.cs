using Maydon.Kernel.Operations;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events.Mails;

/// <summary>A registration as its mails tell of it, read when the mail is sent.</summary>
internal sealed record EventMailFacts(Registration Registration, Event Event, Person Person, Person? Organiser);

/// <summary>Sends the mails about a registration, unless by now they would be wrong.</summary>
internal sealed class EventMailHandler(EventsDbContext db, EventMailComposer composer, IMailSender sender, TimeProvider clock) : IOutboxHandler
{
    public async Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        var payload = delivery.Payload<EventMailPayload>();
        if (await FindAsync(payload.RegistrationId, cancellationToken) is not { } facts)
            return OutboxOutcome.Skipped("the registration is gone");
        if ((FindObjection(delivery.Kind, facts, isSameEnrolment: facts.Registration.ClaimId == payload.ClaimId) ?? FindObjectionToNotice(delivery, facts.Event)) is { } objection)
            return OutboxOutcome.Skipped(objection);
        await sender.SendAsync(composer.Compose(delivery, facts), cancellationToken);
        return OutboxOutcome.Sent;
    }

    private Task<EventMailFacts?> FindAsync(long registrationId, CancellationToken cancellationToken) =>
        (from registration in db.Set<Registration>()
         join found in db.Set<Event>().IgnoreQueryFilters() on registration.EventId equals found.Id
         join person in db.Set<Person>() on registration.UserId equals person.Id
         join organiser in db.Set<Person>() on found.CreatedBy equals organiser.Id into organisers
         from organiser in organisers.DefaultIfEmpty()
         where registration.Id == registrationId
         select new EventMailFacts(registration, found, person, organiser)).AsNoTracking().FirstOrDefaultAsync(cancellationToken);

    /// <summary>Null: send it, or it is no change notice.</summary>
    private static string? FindObjectionToNotice(OutboxDelivery delivery, Event found)
    {
        if (delivery.Kind != EventMailKinds.Changed)
            return null;
        var change = delivery.Payload<EventChangedPayload>();
        return found.Notice > change.Notice ? "a later change is announced by itself"
            : found.Terms.ToPlan().ReadsLike(change.Before) ? "nothing is other than the person was told"
            : null;
    }

    /// <summary>Null: send it.</summary>
    private string? FindObjection(string kind, EventMailFacts facts, bool isSameEnrolment)
    {
        var (registration, found, person, _) = facts;
        if (person.Email is null)
            return "the person has no mail address";
        // Whatever was queued and by whom: nobody reads there, and over SMTP it would only come back.
        if (DemoAddress.Is(person.Email))
            return "a demo account";
        if (!person.IsActive)
            return "the account is closed";
        if (!isSameEnrolment)
            return "the person has enrolled anew since";
        var isRegistered = registration.Status is RegistrationStatus.Registered or RegistrationStatus.Attended;
        var now = clock.GetUtcNow();
        return kind switch
        {
            EventMailKinds.Cancellation when isRegistered => "the person is registered",
            EventMailKinds.EventCancelled when found.EndsAt <= found.DeletedAt => "the event was over when it was deleted",
            EventMailKinds.Cancellation or EventMailKinds.EventCancelled => null,
            _ when !isRegistered => "the registration was cancelled",
            _ when found.DeletedAt is not null => "the event was cancelled",
            _ when found.EndsAt <= now => "the event is over",
            EventMailKinds.Reminder when found.StartsAt <= now => "the event has begun",
            _ => null,
        };
    }
}
