using System.Text.RegularExpressions;

namespace Maydon.Kernel.Http.Access;

/// <summary>
/// One right: one of four verbs on a model of a module, named as in Django, <c>catalog.view_client</c>. Tokens carry all that somebody
/// has on every request, so there they are spelled short, a letter a verb: <c>catalog.client:vc catalog.project:v</c>.
/// </summary>
internal static partial class Permission
{
    private static readonly string[] s_verbs = ["view", "add", "change", "delete"];

    public static IEnumerable<string> Of(string module, string model) => s_verbs.Select(verb => Checked($"{module}.{verb}_{model}"));

    /// <summary>The same, or the end of a start: a name that nobody could ever have would refuse everybody.</summary>
    public static string Checked(string permission) =>
        Shape().IsMatch(permission) ? permission : throw new ArgumentException($"'{permission}' is no permission: it is spelled module.verb_model, with one of {string.Join(", ", s_verbs)}.", nameof(permission));

    public static string Spell(IEnumerable<string> permissions) => string.Join(' ', permissions
        .Select(permission => Shape().Match(permission))
        .GroupBy(parts => $"{parts.Groups["module"].Value}.{parts.Groups["model"].Value}", parts => parts.Groups["verb"].Value[0], StringComparer.Ordinal)
        .OrderBy(model => model.Key, StringComparer.Ordinal)
        .Select(model => $"{model.Key}:{string.Concat(s_verbs.Select(verb => verb[0]).Where(model.Contains))}"));

    public static bool IsSpelledIn(ReadOnlySpan<char> spelled, ReadOnlySpan<char> permission)
    {
        var dot = permission.IndexOf('.');
        var verb = permission[(dot + 1)..];
        var model = verb[(verb.IndexOf('_') + 1)..];
        foreach (var range in spelled.Split(' '))
        {
            var entry = spelled[range];
            if (entry.Length > dot && entry[dot] == '.' && entry[..dot].SequenceEqual(permission[..dot])
                && entry[(dot + 1)..] is var rest && rest.Length > model.Length && rest[model.Length] == ':' && rest.StartsWith(model, StringComparison.Ordinal))
                return rest[(model.Length + 1)..].Contains(verb[0]);
        }

        return false;
    }

    // As the database checks it.
    [GeneratedRegex(@"\A(?<module>[a-z][a-z0-9]*)\.(?<verb>view|add|change|delete)_(?<model>[a-z][a-z0-9_]*)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
