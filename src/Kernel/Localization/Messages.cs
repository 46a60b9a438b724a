using System.Globalization;
using System.Reflection;
using System.Resources;

namespace Maydon.Kernel.Localization;

/// <summary>
/// What the server says to people, by key, in the language of the request. Each module registers its own resource files
/// (<c>Messages.resx</c> is Uzbek, the default; <c>.uz-Cyrl</c>, <c>.ru</c>, <c>.en</c> beside it; Karakalpak falls back to Uzbek).
/// </summary>
public static class Messages
{
    /// <summary>The languages people can choose, the default first.</summary>
    public static readonly IReadOnlyList<string> Languages = ["uz", "uz-Cyrl", "ru", "en", "kaa"];

    /// <summary>A language that somebody has chosen, or the default one for what is none.</summary>
    public static CultureInfo CultureOf(string language) => CultureInfo.GetCultureInfo(Spell(language));

    /// <summary>That of the request, as <see cref="Languages"/> spells it.</summary>
    public static string CurrentLanguage => Spell(CultureInfo.CurrentUICulture.Name);

    // Without ICU .NET spells a culture's name its own way.
    private static string Spell(string language) => Languages.FirstOrDefault(known => known.Equals(language, StringComparison.OrdinalIgnoreCase)) ?? Languages[0];

    private static readonly Lock s_registering = new();
    private static Source[] s_sources = [new("Maydon.Kernel.Localization.Messages", typeof(Messages).Assembly)];

    /// <summary>Registers the resource <c>Messages</c> beside <paramref name="neighbour"/>; repeating it changes nothing.</summary>
    public static void Register(Type neighbour)
    {
        var name = $"{neighbour.Namespace}.Messages";
        lock (s_registering)
        {
            if (!s_sources.Any(source => source.Name == name))
                s_sources = [.. s_sources, new Source(name, neighbour.Assembly)];
        }
    }

    /// <summary>The text of <paramref name="key"/> in the current UI language; the key itself if nobody has it (a test finds those).</summary>
    public static string Text(string key, params object?[] arguments) => Text(CultureInfo.CurrentUICulture, key, arguments);

    public static string Text(CultureInfo language, string key, params object?[] arguments)
    {
        foreach (var source in s_sources)
        {
            if (source.Find(language.Name, key) is { } text)
                return arguments.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, arguments);
        }

        return key;
    }

    private sealed class Source(string name, Assembly assembly)
    {
        private readonly ResourceManager _default = new(name, assembly);

        private readonly Dictionary<string, ResourceManager> _translations = Languages
            .Where(language => assembly.GetManifestResourceInfo($"{name}.{language}.resources") is not null)
            .ToDictionary(language => language, language => new ResourceManager($"{name}.{language}", assembly), StringComparer.OrdinalIgnoreCase);

        public string Name => name;

        public string? Find(string language, string key) =>
            (_translations.TryGetValue(language, out var translation) ? translation.GetString(key, CultureInfo.InvariantCulture) : null)
            ?? _default.GetString(key, CultureInfo.InvariantCulture);
    }
}
