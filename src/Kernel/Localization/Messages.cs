using System.Globalization;
using System.Resources;

namespace Maydon.Kernel.Localization;

/// <summary>
/// What the server says to people, by key, in the language of the request. Each module registers its own resource files
/// (<c>Messages.resx</c> is Uzbek, the default; <c>.uz-Cyrl</c>, <c>.ru</c>, <c>.en</c> beside it; Karakalpak falls back to Uzbek).
/// </summary>
public static class Messages
{
    private static readonly Lock s_registering = new();
    private static ResourceManager[] s_sources = [new("Maydon.Kernel.Localization.Messages", typeof(Messages).Assembly)];

    /// <summary>The languages people can choose, the default first.</summary>
    public static readonly IReadOnlyList<string> Languages = ["uz", "uz-Cyrl", "ru", "en", "kaa"];

    /// <summary>Registers the resource <c>Messages</c> beside <paramref name="neighbour"/>; repeating it changes nothing.</summary>
    public static void Register(Type neighbour)
    {
        var name = $"{neighbour.Namespace}.Messages";
        lock (s_registering)
        {
            if (!s_sources.Any(source => source.BaseName == name))
                s_sources = [.. s_sources, new ResourceManager(name, neighbour.Assembly)];
        }
    }

    public static IReadOnlyList<ResourceManager> Sources => s_sources;

    /// <summary>The text of <paramref name="key"/> in the current UI language; the key itself if nobody has it (a test finds those).</summary>
    public static string Text(string key, params object?[] arguments) => Text(CultureInfo.CurrentUICulture, key, arguments);

    public static string Text(CultureInfo language, string key, params object?[] arguments)
    {
        foreach (var source in s_sources)
        {
            if (source.GetString(key, language) is { } text)
                return arguments.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, arguments);
        }

        return key;
    }
}
