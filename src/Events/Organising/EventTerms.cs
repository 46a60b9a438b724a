using System.Globalization;
using Maydon.Events.Mails;
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

    /// <summary>What is wrong with these terms and with the fields that led to them, all at once.</summary>
    public ValidationErrors Check(EventFields sent)
    {
        var errors = FieldRules.Check(sent);
        if (FieldRules.IsBlank(Title))
            errors.Add("title", "required");
        if (Type == EventType.Offline && Location is null)
            errors.Add("location", "location_required");
        if (JoinUrl is not null && !IsWebAddress(JoinUrl))
            errors.Add("join_url", "invalid_url");
        if (StartsAt is null)
            errors.Add("starts_at", "required");
        if (EndsAt is null)
            errors.Add("ends_at", "required");
        if (EndsAt < StartsAt)
            errors.Add("ends_at", "ends_before_start");
        return errors;
    }

    /// <summary>When and where; of checked terms.</summary>
    public EventPlan ToPlan() => new(StartsAt!.Value, EndsAt!.Value, Location, JoinUrl);

    private EventTerms Settle()
    {
        var location = FieldRules.IsBlank(Location) ? null : Location;
        var type = Type ?? (location is null ? EventType.Online : EventType.Offline);
        return this with
        {
            Type = type,
            Location = type == EventType.Offline ? location : null,
            JoinUrl = type == EventType.Online && !FieldRules.IsBlank(JoinUrl) ? JoinUrl : null,
        };
    }

    /// <summary>
    /// As it will be shown and pressed: .NET alone would overlook blanks and line breaks, and a name before the @ makes people take it for the host.
    /// </summary>
    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo: "", Host.Length: > 0 }
        && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format);

    private static DateTimeOffset? Choose(
        EventFields sent, (string Name, DateTimeOffset? Value) first, (string Name, DateTimeOffset? Value) second, DateTimeOffset? current)
    {
        if (sent.IsSent(first.Name))
            return first.Value;
        return sent.IsSent(second.Name) ? second.Value : current;
    }
}
