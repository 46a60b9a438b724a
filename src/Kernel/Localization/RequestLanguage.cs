using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Maydon.Kernel.Localization;

/// <summary>The language a request is answered in: the user's own setting when the token says it, else what the client accepts, else Uzbek.</summary>
internal static class RequestLanguage
{
    public const string Claim = "language";
    private const int LongestHeader = 256;

    // Karakalpak has no texts of its own: it is answered in Uzbek and said to be.
    private static readonly Language s_default = new(Messages.Languages[0]);
    private static readonly Dictionary<string, Language> s_languages =
        Messages.Languages.ToDictionary(tag => tag, tag => tag == "kaa" ? s_default : new Language(tag), StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets the UI language of the calling method and what it calls, and says so in the answer.</summary>
    public static void Set(HttpContext context)
    {
        var language = Of(context);
        CultureInfo.CurrentUICulture = language.Culture;
        context.Response.Headers.ContentLanguage = language.Tag;
    }

    /// <summary>The best of a tag such as <c>uz-Cyrl-UZ</c>; null when none fits.</summary>
    private static Language? Find(ReadOnlySpan<char> tag)
    {
        var languages = s_languages.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (languages.TryGetValue(tag, out var language))
                return language;
            var shorter = tag.LastIndexOf('-');
            if (shorter < 0)
                return null;
            tag = tag[..shorter];
        }
    }

    private static Language Of(HttpContext context)
    {
        if (context.User.FindFirstValue(Claim) is { } chosen && Find(chosen) is { } own)
            return own;
        var header = context.Request.Headers.AcceptLanguage;
        return header.Count == 0 ? s_default : Accepted(header.ToString());
    }

    private static Language Accepted(string header)
    {
        if (header.Length > LongestHeader || !StringWithQualityHeaderValue.TryParseList([header], out var wishes))
            return s_default;
        Language? best = null;
        var bestQuality = 0.0;
        foreach (var wish in wishes)
        {
            var quality = wish.Quality ?? 1;
            if (quality > bestQuality && (wish.Value == "*" ? s_default : Find(wish.Value.AsSpan())) is { } language)
                (best, bestQuality) = (language, quality);
        }

        return best ?? s_default;
    }

    // Without ICU a culture's name is spelt "uz-CYRL": the tag stands beside it.
    private sealed record Language(string Tag)
    {
        public CultureInfo Culture { get; } = new(Tag);
    }
}
