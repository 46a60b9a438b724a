using System.Globalization;

namespace Maydon.Kernel.Settings;

/// <summary>A name that the server reads, with its default as it is written in <c>docs/configuration.md</c>.</summary>
public sealed record SettingName(string Name, string Default);

/// <summary>The raw values by name; reading one records its name, and a value that cannot be understood records a fault.</summary>
internal sealed class SettingValues(IReadOnlyDictionary<string, string> values)
{
    private readonly List<string> _faults = [];
    private readonly List<SettingName> _names = [];

    public IReadOnlyList<string> Faults => _faults;

    public IReadOnlyList<SettingName> Names => _names;

    public void AddFault(string sentence) => _faults.Add(sentence);

    /// <summary>The value, or null when it is missing or empty: an empty line in <c>.env</c> sets nothing.</summary>
    public string? Text(string name, string @default = "")
    {
        _names.Add(new SettingName(name, @default));
        var value = values.GetValueOrDefault(name)?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }

    public bool Flag(string name, bool @default)
    {
        var value = Text(name, @default ? "True" : "False");
        switch (value?.ToLowerInvariant())
        {
            case null:
                return @default;
            case "true" or "1" or "yes" or "on":
                return true;
            case "false" or "0" or "no" or "off":
                return false;
            default:
                AddFault($"{name} is \"{value}\": set it to True or False.");
                return @default;
        }
    }

    public int Number(string name, int @default, int minimum, int maximum)
    {
        var value = Text(name, @default.ToString(CultureInfo.InvariantCulture));
        if (value is null)
            return @default;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
            return number;
        AddFault($"{name} is \"{value}\": set it to a whole number from {minimum} to {maximum}.");
        return @default;
    }

    /// <summary>Comma-separated; blanks and repetitions are dropped.</summary>
    public IReadOnlyList<string> List(string name, params string[] @default)
    {
        var value = Text(name, string.Join(',', @default));
        return value is null
            ? @default
            : [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    public T Choice<T>(string name, T @default, Func<T, string> spelling) where T : struct, Enum
    {
        var value = Text(name, spelling(@default));
        if (value is null)
            return @default;
        foreach (var choice in Enum.GetValues<T>())
        {
            if (string.Equals(spelling(choice), value, StringComparison.OrdinalIgnoreCase))
                return choice;
        }

        AddFault($"{name} is \"{value}\": set it to one of {string.Join(", ", Enum.GetValues<T>().Select(spelling))}.");
        return @default;
    }

    /// <summary><c>100/hour</c>, or <c>off</c> for no limit (null).</summary>
    public Rate? Rate(string name, Rate @default, string defaultSpelling)
    {
        var value = Text(name, defaultSpelling);
        if (value is null)
            return @default;
        if (string.Equals(value, "off", StringComparison.OrdinalIgnoreCase))
            return null;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && int.TryParse(value[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            && Window(value[(slash + 1)..]) is { } window)
            return new Rate(limit, window);
        AddFault($"{name} is \"{value}\": set it to a rate such as 100/hour (second, minute, hour or day), or to off.");
        return @default;
    }

    private static TimeSpan? Window(string unit) => unit.ToLowerInvariant() switch
    {
        "s" or "sec" or "second" => TimeSpan.FromSeconds(1),
        "m" or "min" or "minute" => TimeSpan.FromMinutes(1),
        "h" or "hour" => TimeSpan.FromHours(1),
        "d" or "day" => TimeSpan.FromDays(1),
        _ => null,
    };
}
