using System.Reflection;
using System.Xml.Linq;

namespace Maydon.Tests.Support;

/// <summary>The source tree this assembly was built from, for the tests that read it.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The projects under <c>src/</c>, from disk, so that a new one cannot be forgotten.</summary>
    public static IReadOnlyList<SourceProject> Projects { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(SourceProject.Read)];

    /// <summary>What people write, without what the build makes. Paths are relative to <see cref="Root"/>.</summary>
    public static IEnumerable<string> Files(string directory, params string[] extensions) =>
        Directory.EnumerateFiles(Path.Combine(Root, directory), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Where(file => extensions.Length == 0 || extensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Maydon.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Maydon.slnx is in none of the directories above the tests.");
        return directory;
    }
}

/// <param name="Name">As in the table of who may use whom: the folder's name.</param>
public sealed record SourceProject(string Name, string File, Assembly Assembly, IReadOnlyList<string> References)
{
    public static SourceProject Read(string file)
    {
        var project = XDocument.Load(file);
        var name = Path.GetFileNameWithoutExtension(file);
        return new SourceProject(
            name,
            Path.GetRelativePath(Repository.Root, file),
            Assembly.Load(project.Descendants("AssemblyName").Single().Value),
            [.. project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))]);
    }

    public override string ToString() => Name;
}
