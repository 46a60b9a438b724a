namespace Maydon.Events.Mails;

/// <summary>
/// The outbox kinds of the mails about a registration. Each goes out once per enrolment, because the subject names the registration and
/// the claim that holds its seat: a person who cancels and comes back has a new claim, and gets a new confirmation.
/// </summary>
internal static class EventMailKinds
{
    /// <summary>Written with the registration. Payload: <see cref="EventMailPayload"/>.</summary>
    public const string Confirmation = "events.confirmation";

    /// <summary>Written with the cancellation by the person. Payload: <see cref="EventMailPayload"/>, with the claim that was given up.</summary>
    public const string Cancellation = "events.cancellation";

    /// <summary>An hour after enrolling; found by the job.</summary>
    public const string ThankYou = "events.thank_you";

    /// <summary>An hour before the start; found by the job.</summary>
    public const string Reminder = "events.reminder";

    /// <summary>Time or place changed, told after a quiet minute: see <see cref="EventMailQueue.AddChangedAsync"/>.</summary>
    public const string Changed = "events.changed";

    /// <summary>The organiser cancelled the event: see <see cref="EventMailQueue.AddEventCancelledAsync"/>.</summary>
    public const string EventCancelled = "events.event_cancelled";

    public static string Subject(long registrationId, long claimId) => $"registration:{registrationId}:{claimId}";
}

/// <summary>In JSON <c>{"registration_id":1,"claim_id":2}</c>.</summary>
internal sealed record EventMailPayload(long RegistrationId, long ClaimId);

/// <summary>In JSON <c>{"registration_id":1,"claim_id":2,"notice":3,"before":{"starts_at":…,"ends_at":…,"location":…,"join_url":…}}</c>.</summary>
/// <param name="Notice">The event's count of changes: a higher one has a notice of its own.</param>
/// <param name="Before">What the person was told last.</param>
internal sealed record EventChangedPayload(long RegistrationId, long ClaimId, int Notice, EventPlan Before);
