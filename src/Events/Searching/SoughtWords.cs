using System.Text.RegularExpressions;
using Maydon.Kernel.Http;

namespace Maydon.Events.Searching;

/// <summary>
/// The words of a search as patterns for a column of <c>events.words</c>. Three letters and more are found anywhere; of two the trigram
/// index knows only where a word begins with them, of one only where it is a word of its own: as anything else they would be looked for
/// in a million texts, one by one.
/// </summary>
internal static partial class SoughtWords
{
    private const string Apostrophes = "'‘’ʻʼ`";

    /// <summary>None when nothing was asked for; null when what was has no letter and no digit, so that nothing can be found.</summary>
    public static IReadOnlyList<string>? Patterns(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        List<string> words = [.. Word().Matches(text).Select(match => match.Value.Trim(Apostrophes.ToCharArray())).Where(word => word.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(SearchWords.Most)];
        return words.Count == 0 ? null : words.ConvertAll(ToPattern);
    }

    private static string ToPattern(string word) => word.Length switch
    {
        1 => $"% {word} %",
        2 => $"% {word}%",
        _ => $"%{word}%",
    };

    [GeneratedRegex($@"[\p{{L}}\p{{Nd}}\u0300-\u036f{Apostrophes}]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
