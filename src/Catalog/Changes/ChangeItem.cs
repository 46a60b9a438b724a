using System.Text.Json;

namespace Maydon.Catalog.Changes;

/// <summary>One change as those who follow are told it.</summary>
/// <param name="Cursor">From here on somebody can go on.</param>
/// <param name="Id">Of the record; never another's.</param>
/// <param name="Kind">created, updated, deleted or restored.</param>
/// <param name="At">When: the record's <c>updated_at</c> since.</param>
/// <param name="Fields">Field → what it was and what it is now.</param>
/// <param name="Record">The whole record where it came, or came back; else null.</param>
public sealed record ChangeItem(
    string Cursor, string List, long Id, string Code, string Kind, long Version, DateTimeOffset At,
    IReadOnlyDictionary<string, JsonElement[]> Fields, IReadOnlyDictionary<string, JsonElement>? Record);

/// <summary>Changes in the order in which they were committed, and where to go on: always, also when there is no more for now.</summary>
public sealed record ChangePage(IReadOnlyList<ChangeItem> Results, string Next, bool HasMore);

/// <summary>One change in the history of a record.</summary>
/// <param name="Way">api, admin, import, sync, demo, or sql for what was done in the database itself.</param>
/// <param name="ChangedBy">The id of a user; null when a program did it.</param>
/// <param name="Source">Of an import: the file.</param>
/// <param name="SourceRow">And the row in it.</param>
public sealed record HistoryEntry(
    long Version, string Kind, DateTimeOffset At, string Way, long? ChangedBy, string? ChangedByName, string? Source, int? SourceRow, IReadOnlyDictionary<string, JsonElement[]> Fields);
