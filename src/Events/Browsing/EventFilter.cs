using System.Text;
using Maydon.Kernel.Http;

namespace Maydon.Events.Browsing;

/// <summary>Which events a list is about.</summary>
internal sealed record EventFilter
{
    private static long s_texts;

    public IReadOnlyList<string> Words { get; init; } = [];
    public string? Location { get; init; }
    public string? Language { get; init; }
    public string? EventType { get; init; }
    public DateTimeOffset? StartsAfter { get; init; }
    public DateTimeOffset? StartsBefore { get; init; }
    public bool? HasSeats { get; init; }

    /// <summary>The same for filters that mean the same. The parts are user's text: their lengths keep them apart.</summary>
    public string Key { get => field ??= ToKey(); } = null!;

    /// <summary>A condition on <c>events.events e</c>; deleted events are never among them.</summary>
    public string ToSql(SqlValues values)
    {
        var sql = new StringBuilder("e.deleted_at is null");
        // Whether a word is rare or common decides the plan, so there must be none for all words: a text that never repeats is never prepared.
        if (Words.Count > 0 || Location is not null)
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $" /* {Interlocked.Increment(ref s_texts)} */");
        foreach (var word in Words)
            sql.Append($" and e.search_text like events.fold({values.Add(SearchWords.Pattern(word))})");
        if (Location is not null)
            sql.Append($" and events.fold(e.location) like events.fold({values.Add(SearchWords.Pattern(Location))})");
        if (Language is not null)
            sql.Append($" and events.fold(e.language) = events.fold({values.Add(Language)})");
        if (EventType is not null)
            sql.Append($" and e.event_type = {values.Add(EventType)}");
        if (StartsAfter is { } after)
            sql.Append($" and e.starts_at >= {values.Add(after)}");
        if (StartsBefore is { } before)
            sql.Append($" and e.starts_at <= {values.Add(before)}");
        if (HasSeats is { } free)
        {
            sql.Append(free ? " and exists (" : " and not exists (");
            sql.Append("select from inventory.pools s where s.kind = 'event' and s.subject_id = e.id and (s.capacity is null or s.taken < s.capacity))");
        }

        return sql.ToString();
    }

    private string ToKey()
    {
        var key = new StringBuilder();
        foreach (var part in (string?[])[.. Words.Order(StringComparer.Ordinal), "|", Location, Language, EventType, $"{StartsAfter?.UtcTicks}", $"{StartsBefore?.UtcTicks}", $"{HasSeats}"])
            key.Append(part?.Length ?? -1).Append(':').Append(part).Append(' ');
        return key.ToString();
    }
}
