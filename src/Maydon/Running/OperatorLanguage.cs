using Maydon.Kernel.Localization;

namespace Maydon.Running;

/// <summary>The language of whoever sits at the terminal, for the accounts that are made there.</summary>
internal static class OperatorLanguage
{
    /// <summary>One that people can choose, if the locale names one (<c>ru_RU.UTF-8</c>, <c>uz_UZ@cyrillic</c>), else the default.</summary>
    public static string Find() => Of(Environment.GetEnvironmentVariable("LC_ALL") is { Length: > 0 } all ? all : Environment.GetEnvironmentVariable("LANG"));

    internal static string Of(string? locale)
    {
        var language = (locale ?? "").Split('_', '.', '@')[0];
        if (language == "uz" && locale!.EndsWith("@cyrillic", StringComparison.OrdinalIgnoreCase))
            language = "uz-Cyrl";
        return Messages.Languages.FirstOrDefault(known => known == language) ?? Messages.Languages[0];
    }
}
