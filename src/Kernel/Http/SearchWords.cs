namespace Maydon.Kernel.Http;

/// <summary>
/// A search text as the words that must all match, whatever their case and order.
/// <code>foreach (var word in SearchWords.Patterns(query.Search)) rows = rows.Where(e => EF.Functions.Like(e.Title, word, SearchWords.Escape));</code>
/// </summary>
public static class SearchWords
{
    /// <summary>More words than this ask nothing more of a reader; they would only cost the database.</summary>
    public const int Most = 16;

    /// <summary>Must be passed to <c>Like</c>: without it EF takes the pattern to have no escape character.</summary>
    public const string Escape = "\\";

    private static readonly char[] s_separators = [' ', ',', '\t', '\n', '\r', '\u00a0'];

    /// <summary>What stands between blanks and commas, each once.</summary>
    public static IReadOnlyList<string> Split(string? text) =>
        [.. (text ?? "").Split(s_separators, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).Take(Most)];

    /// <summary>Each word as a LIKE pattern that finds it anywhere; <c>%</c>, <c>_</c> and <c>\</c> stand for themselves.</summary>
    public static IEnumerable<string> Patterns(string? text) => Split(text).Select(PatternOf);

    /// <summary>Finds this very text anywhere.</summary>
    public static string PatternOf(string word) =>
        $"%{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
