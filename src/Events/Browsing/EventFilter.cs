using System.Text;
using Maydon.Events.Searching;
using Maydon.Kernel.Persistence;

namespace Maydon.Events.Browsing;

/// <summary>Which events a list is about.</summary>
internal sealed record EventFilter
{

    /// <summary><see cref="SoughtWords.Patterns"/> in the title and description; null finds nothing.</summary>
    public IReadOnlyList<string>? Words { get; init; } = [];

    /// <summary><see cref="SoughtWords.Patterns"/> in the location; null finds nothing.</summary>
    public IReadOnlyList<string>? Location { get; init; } = [];

    public string? Language { get; init; }
    public string? EventType { get; init; }
    public DateTimeOffset? StartsAfter { get; init; }
    public DateTimeOffset? StartsBefore { get; init; }
    public bool? HasSeats { get; init; }

    /// <summary>Somebody wrote what to look for: how long that takes depends on the words.</summary>
    public bool IsSearch => Words is { Count: > 0 } || Location is { Count: > 0 };

    /// <summary>The same for filters that mean the same. The parts are user's text: their lengths keep them apart.</summary>
    public string Key { get => field ??= ToKey(); } = null!;

    /// <summary>A condition on <c>events.events e</c>; deleted events are never among them.</summary>
    public string ToSql(SqlValues values)
    {
        if (Words is null || Location is null)
            return "false";
        var sql = new StringBuilder("e.deleted_at is null");
        foreach (var word in Words)
            sql.Append($" and e.search_words like events.fold({values.Add(word)})");
        foreach (var word in Location)
            sql.Append($" and e.location_words like events.fold({values.Add(word)})");
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
            sql.Append(free ? " and not exists (" : " and exists (");
            sql.Append("select from inventory.pools s where s.kind = 'event' and s.subject_id = e.id and s.is_full)");
        }

        return sql.ToString();
    }

    private string ToKey()
    {
        var key = new StringBuilder();
        foreach (var part in (string?[])[.. Parts(Words), "|", .. Parts(Location), "|", Language, EventType, $"{StartsAfter?.UtcTicks}", $"{StartsBefore?.UtcTicks}", $"{HasSeats}"])
            key.Append(part?.Length ?? -1).Append(':').Append(part).Append(' ');
        return key.ToString();
    }

    private static IEnumerable<string?> Parts(IReadOnlyList<string>? patterns) => patterns is null ? [null] : patterns.Order(StringComparer.Ordinal);
}
