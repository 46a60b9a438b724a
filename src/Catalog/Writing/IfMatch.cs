using System.Globalization;

namespace Maydon.Catalog.Writing;

/// <summary>
/// <c>If-Match</c> (RFC 9110, 13.1.1): the version of a record, or the entity tag of its answer, which begins with it. What a proxy made a weak tag
/// by compressing still names the version.
/// </summary>
internal static class IfMatch
{
    public static bool Allows(string? header, long version) =>
        string.IsNullOrWhiteSpace(header) || header.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Version(tag) == version);

    private static long? Version(string tag)
    {
        var bare = (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
        var end = bare.IndexOf('-', StringComparison.Ordinal);
        return long.TryParse(end < 0 ? bare : bare[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
