using System.ComponentModel;
using Maydon.Kernel.Http;

namespace Maydon.Events.Organising;

/// <summary>
/// What an organiser says of an event. <c>start_time</c> and <c>end_time</c> are other names of <c>starts_at</c> and <c>ends_at</c>.
/// A field that is not sent is told from one sent as null: a change leaves the first alone.
/// </summary>
public sealed class EventFields : SentFields
{
    [RequiredToCreate, MaxLine(EventTerms.TitleLength)]
    public string? Title { get; set => field = Sent(value); }

    [MaxText(EventTerms.DescriptionLength)]
    public string? Description { get; set => field = Sent(value); }

    [OneOf(Organising.EventType.Online, Organising.EventType.Offline), Description("OFFLINE when there is a location and nothing is said.")]
    public string? EventType { get; set => field = Sent(value); }

    [MaxLine(EventTerms.LocationLength), Description("Required when OFFLINE, dropped when ONLINE.")]
    public string? Location { get; set => field = Sent(value); }

    [MaxText(EventTerms.JoinUrlLength), Description("Of an ONLINE event; shown to those who are registered.")]
    public string? JoinUrl { get; set => field = Sent(value); }

    [MaxLine(EventTerms.LanguageLength)]
    public string? Language { get; set => field = Sent(value); }

    [RequiredToCreate, Description("Or start_time. Without a zone it is UTC.")]
    public DateTimeOffset? StartsAt { get; set => field = Sent(value); }

    public DateTimeOffset? StartTime { get; set => field = Sent(value); }

    [RequiredToCreate, Description("Or end_time.")]
    public DateTimeOffset? EndsAt { get; set => field = Sent(value); }

    public DateTimeOffset? EndTime { get; set => field = Sent(value); }

    [Within(0, int.MaxValue), Description("Null is unlimited, 0 closes the registration.")]
    public int? Capacity { get; set => field = Sent(value); }
}
