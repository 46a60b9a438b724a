using System.ComponentModel;
using Maydon.Events.Organising;
using Maydon.Events.Searching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Events.Browsing;

/// <summary>What a list of events can be asked for.</summary>
public sealed class EventQuery : ListQuery
{
    [FromQuery(Name = "q"), Description("Words that must all be in the title or the description: of three letters and more anywhere, of two at the beginning of a word, of one by itself.")]
    public string? Words { get; set; }

    [FromQuery(Name = "search"), Description("The same as q.")]
    public string? Search { get; set; }

    [FromQuery(Name = "location"), Description("Words that must all be in the location, found like those of q.")]
    public string? Location { get; set; }

    [FromQuery(Name = "language")]
    public string? Language { get; set; }

    [FromQuery(Name = "event_type"), Description("ONLINE or OFFLINE.")]
    public string? EventType { get; set; }

    [FromQuery(Name = "starts_after"), Description("Starts at this time or later.")]
    public QueryTime? StartsAfter { get; set; }

    [FromQuery(Name = "starts_before"), Description("Starts at this time or earlier.")]
    public QueryTime? StartsBefore { get; set; }

    [FromQuery(Name = "has_seats"), Description("True: only with a free seat; false: only without.")]
    public bool? HasSeats { get; set; }

    [FromQuery(Name = "ordering"), Description("starts_at, created_at, title, with - in front for descending; several with commas.")]
    public string? Ordering { get; set; }

    /// <summary>The refusal of a parameter that means nothing.</summary>
    internal Problem? Check()
    {
        if (!string.IsNullOrEmpty(EventType) && TypeAsStored is not (Organising.EventType.Online or Organising.EventType.Offline))
            return Problem.Invalid("event_type", "invalid_choice", $"{Organising.EventType.Online}, {Organising.EventType.Offline}");
        return EventOrder.Check(Ordering);
    }

    internal EventFilter ToFilter() => new()
    {
        Words = SoughtWords.Patterns($"{Words} {Search}"),
        Location = SoughtWords.Patterns(Location),
        Language = Given(Language),
        EventType = Given(TypeAsStored),
        StartsAfter = StartsAfter?.Value,
        StartsBefore = StartsBefore?.Value,
        HasSeats = HasSeats,
    };

    private string? TypeAsStored => EventType?.ToUpperInvariant();

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
