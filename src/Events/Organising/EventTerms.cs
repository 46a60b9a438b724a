using Maydon.Kernel.Http;

namespace Maydon.Events.Organising;

/// <summary>
/// What an event is, as its organiser decides it, before and after a change. <see cref="Settle"/> makes it consistent, <see cref="Check"/>
/// says what is wrong with it.
/// </summary>
internal sealed record EventTerms
{
    public const int TitleLength = 200;
    public const int DescriptionLength = 20_000;
    public const int LocationLength = 255;
    public const int JoinUrlLength = 2_000;
    public const int LanguageLength = 100;

    // Far enough for any event, and arithmetic on the dates cannot leave the calendar.
    private static readonly DateTimeOffset s_earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_latest = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string? Title { get; init; }
    public string Description { get; init; } = "";
    public string? Type { get; init; }
    public string? Location { get; init; }
    public string? JoinUrl { get; init; }
    public string Language { get; init; } = "";
    public DateTimeOffset? StartsAt { get; init; }
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>These terms with what was sent put over them.</summary>
    public EventTerms With(EventFields sent) => new EventTerms
    {
        Title = sent.IsSent(nameof(sent.Title)) ? sent.Title : Title,
        Description = sent.IsSent(nameof(sent.Description)) ? sent.Description ?? "" : Description,
        Type = sent.IsSent(nameof(sent.EventType)) ? sent.EventType : Type,
        Location = sent.IsSent(nameof(sent.Location)) ? sent.Location : Location,
        JoinUrl = sent.IsSent(nameof(sent.JoinUrl)) ? sent.JoinUrl : JoinUrl,
        Language = sent.IsSent(nameof(sent.Language)) ? sent.Language ?? "" : Language,
        StartsAt = Choose(sent, (nameof(sent.StartsAt), sent.StartsAt), (nameof(sent.StartTime), sent.StartTime), StartsAt),
        EndsAt = Choose(sent, (nameof(sent.EndsAt), sent.EndsAt), (nameof(sent.EndTime), sent.EndTime), EndsAt),
    }.Settle();

    public ValidationErrors Check()
    {
        var errors = new ValidationErrors();
        if (string.IsNullOrWhiteSpace(Title))
            errors.Add("title", "required");
        if (Type == EventType.Offline && Location is null)
            errors.Add("location", "location_required");
        if (JoinUrl is not null && !(Uri.TryCreate(JoinUrl, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
            errors.Add("join_url", "invalid_url");
        CheckTime(errors, "starts_at", StartsAt);
        CheckTime(errors, "ends_at", EndsAt);
        if (EndsAt < StartsAt)
            errors.Add("ends_at", "ends_before_start");
        return errors;
    }

    private EventTerms Settle()
    {
        var location = string.IsNullOrWhiteSpace(Location) ? null : Location;
        var type = Type ?? (location is null ? EventType.Online : EventType.Offline);
        return this with
        {
            Type = type,
            Location = type == EventType.Offline ? location : null,
            JoinUrl = type == EventType.Online && !string.IsNullOrWhiteSpace(JoinUrl) ? JoinUrl : null,
        };
    }

    private static DateTimeOffset? Choose(
        EventFields sent, (string Name, DateTimeOffset? Value) first, (string Name, DateTimeOffset? Value) second, DateTimeOffset? current)
    {
        if (sent.IsSent(first.Name))
            return ToStored(first.Value);
        return sent.IsSent(second.Name) ? ToStored(second.Value) : current;
    }

    // UTC, cut to the microseconds that the database keeps, so that what is answered is what is stored.
    private static DateTimeOffset? ToStored(DateTimeOffset? value) =>
        value?.ToUniversalTime().AddTicks(-(value.Value.Ticks % TimeSpan.TicksPerMicrosecond));

    private static void CheckTime(ValidationErrors errors, string field, DateTimeOffset? value)
    {
        if (value is null)
            errors.Add(field, "required");
        else if (value < s_earliest || value > s_latest)
            errors.Add(field, "invalid");
    }
}
