using System.Text.RegularExpressions;
using System.Xml.Linq;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

/// <summary>Every module says everything in every language.</summary>
public sealed partial class MessagesTest
{
    private static readonly string[] s_translations = ["uz-Cyrl", "ru", "en"];

    [Fact]
    public void No_language_lacks_a_message_or_a_placeholder()
    {
        var faults = new List<string>();
        foreach (var original in Originals())
        {
            var uzbek = Read(original);
            foreach (var language in s_translations)
            {
                var file = Path.ChangeExtension(original, $"{language}.resx");
                var translated = File.Exists(file) ? Read(file) : [];
                faults.AddRange(uzbek.Keys.Except(translated.Keys).Select(key => $"{file} lacks {key}"));
                faults.AddRange(translated.Keys.Except(uzbek.Keys).Select(key => $"{original} lacks {key}"));
                faults.AddRange(translated.Where(message => message.Value.Trim().Length == 0).Select(message => $"{file}: {message.Key} is empty"));
                faults.AddRange(translated
                    .Where(message => uzbek.TryGetValue(message.Key, out var text) && !Placeholders(text).SetEquals(Placeholders(message.Value)))
                    .Select(message => $"{file}: {message.Key} has other placeholders"));
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void Uzbek_has_one_apostrophe_in_its_letters_and_one_between_them()
    {
        // ʻ (U+02BB) in oʻ and gʻ, ʼ (U+02BC) for the tutuq belgisi: what looks the same is not found by who searches for it.
        var faults = Originals().SelectMany(file => Read(file).Where(message => WrongApostrophe().IsMatch(message.Value)).Select(message => $"{file}: {message.Key}"));
        Assert.Empty(faults);
    }

    [Fact]
    public void No_key_is_said_twice()
    {
        // The first module to be asked would answer for the other.
        var keys = Originals().SelectMany(file => Read(file).Keys.Select(key => (key, file)));
        Assert.Empty(keys.GroupBy(message => message.key).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(message => message.file))}"));
    }

    [Fact]
    public void Every_code_in_the_source_has_its_message()
    {
        var known = Originals().SelectMany(file => Read(file).Keys).ToHashSet();
        var used = Repository.Files("src", ".cs")
            .SelectMany(file => Codes().Matches(File.ReadAllText(Path.Combine(Repository.Root, file))).Select(match => (file, code: match.Groups["code"].Value)))
            .ToList();
        Assert.True(used.Count > 20, "The pattern finds the codes no more.");
        Assert.Empty(used.Where(use => !known.Contains(use.code)).Select(use => $"{use.file}: {use.code}").Distinct());
    }

    private static IEnumerable<string> Originals() =>
        Repository.Files("src", ".resx").Select(file => Path.Combine(Repository.Root, file)).Where(file => !Path.GetFileNameWithoutExtension(file).Contains('.', StringComparison.Ordinal));

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(file).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static HashSet<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(match => match.Value)];

    [GeneratedRegex("['`´‘’]|(?<=[oOgG])ʼ|(?<![oOgG])ʻ")]
    private static partial Regex WrongApostrophe();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();

    // Problem.Conflict("x"), Problem.Unavailable("x", soon), Problem.Of(400, "x"), Problem.Invalid("field", "x"), errors.Add("field", "x"), Messages.Text("x"), AddConstraintProblem("c", 409, "x")
    [GeneratedRegex("""
        (Problem\.(NotFound|Conflict|Unavailable)\(\s*|Problem\.Of\(\s*[\w.]+\s*,\s*|Problem\.Invalid\(\s*("\w+"|\w+)\s*,\s*|[eE]rrors\.Add\(\s*("\w+"|nameof\(\w+\))\s*,\s*|Messages\.Text\(\s*|FieldException\(\s*|AddConstraintProblem\(\s*"\w+"\s*,\s*[\w.]+\s*,\s*)"(?<code>\w+)"
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Codes();
}
