using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Architecture;

/// <summary>What the source looks like: sizes, names, swallowed errors.</summary>
public sealed partial class SourceTest
{
    private const int MostLines = 400;
    private const int MostFiles = 12;

    // The loops that serve everybody, where one failure must not end the rest, and the last resort of a request.
    private static readonly string[] s_mayCatchEverything =
    [
        "src/Catalog/Webhooks/Sending/WebhookWorker.cs", "src/Inventory/Claims/Writing/ClaimWriter.cs", "src/Kernel/Http/Faults/LastResort.cs", "src/Kernel/Jobs/JobRunner.cs",
        "src/Kernel/Jobs/JobScheduler.cs", "src/Kernel/Outbox/OutboxWorker.cs",
    ];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Fault.None(Sources("src", "tests", "benchmarks", "deploy", "docs")
            // Resources are lists of texts, not read from top to bottom.
            .Where(file => Path.GetExtension(file) != ".resx")
            .Select(file => (file, lines: File.ReadLines(file).Count()))
            .Where(counted => counted.lines > MostLines)
            .Select(counted => $"{counted.file}: {counted.lines}"));

    [Fact]
    public void No_folder_of_the_product_holds_more_than_12_files() =>
        Fault.None(Sources("src")
            // The languages of one resource are one thing to look at.
            .Select(file => (folder: Path.GetDirectoryName(file)!, name: Path.GetExtension(file) == ".resx" ? Path.GetFileName(file).Split('.')[0] + ".resx" : file))
            .Distinct()
            .CountBy(file => file.folder)
            .Where(folder => folder.Value > MostFiles)
            .Select(folder => $"{folder.Key}: {folder.Value}"));

    [Fact]
    public void Everything_is_caught_only_by_the_loops_and_the_last_resort() =>
        Fault.None(Sources("src")
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !s_mayCatchEverything.Contains(Path.GetRelativePath(Repository.Root, file)))
            .SelectMany(file => CatchesEverything().Matches(File.ReadAllText(file)).Select(match => $"{file}: {match.Value.Split((char)10)[0].Trim()}")));

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Fault.None(Repository.Projects
            .SelectMany(project => project.Assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("Maydon", StringComparison.Ordinal) is true && SaysNothing().IsMatch(type.Name))
            .Select(type => type.FullName));

    [Fact]
    public void No_class_depends_on_more_than_6_others() =>
        Fault.None(
            from project in Repository.Projects
            from type in project.Assembly.GetTypes()
            where type.Namespace?.StartsWith("Maydon", StringComparison.Ordinal) is true && type.GetMethod("<Clone>$") is null
            from constructor in type.GetConstructors()
            let dependencies = constructor.GetParameters().Count(parameter => parameter.ParameterType is { IsValueType: false } taken && taken != typeof(string) && !taken.IsAssignableTo(typeof(ILogger)))
            where dependencies > 6
            select $"{type.FullName}: {dependencies}");

    [Fact]
    public void The_scripts_can_be_started()
    {
        foreach (var script in new[] { "run", "test", ".ci/run", "deploy/packages" })
        {
            var file = Path.Combine(Repository.Root, script);
            Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute), script);
            Assert.StartsWith("#!", File.ReadLines(file).First(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_readme_is_read_in_a_minute() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "README.md")).Count(), 10, 80);

    private static IEnumerable<string> Sources(params string[] directories) =>
        directories
            .Where(directory => Directory.Exists(Path.Combine(Repository.Root, directory)))
            .SelectMany(directory => Repository.Files(directory, ".cs", ".razor", ".resx", ".sql", ".css", ".js", ".sh", ".md", ".csproj"))
            .Select(file => Path.Combine(Repository.Root, file));

    /// <summary>Unless the filter asks about the exception, or the block, which holds no other, throws it on.</summary>
    [GeneratedRegex(@"catch\s*(\(\s*(System\.)?Exception\b[^)]*\)(?!\s*when \([^\n]*\be\b))?\s*(when \([^\n]*\)\s*)?(//[^\n]*\s*)?\{(?![^{}]*\bthrow;)", RegexOptions.ExplicitCapture)]
    private static partial Regex CatchesEverything();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilit(y|ies)|Base|Impl)(`\d+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex SaysNothing();
}
